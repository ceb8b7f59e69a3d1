/** After GO: a pull that is paused and goes on, a doubt that is resolved, and what is refused. */
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import type { AlgorithmId } from '../../../src/migration/algorithms/ids.ts';
import { decodeFrame, encodeFrame } from '../../../src/migration/codec.ts';
import type { MessageType } from '../../../src/migration/messages.ts';
import { defaultSettings } from '../../../src/migration/settings.ts';
import { FakePair, type PairOptions } from '../../support/fake-pair.ts';
import { destinationIn, sourceIn, wireOf } from '../../support/fake-phases.ts';

const PULLS = ['pull', 'pull-on-demand', 'pull-pre-paging', 'hybrid'] as const;
const typeOf = (bytes: Uint8Array): MessageType | undefined => {
  const frame = decodeFrame(bytes);
  return frame.ok ? frame.value.message?.type : undefined;
};
const OPTIONS: Partial<PairOptions> = {
  bitsPerSecond: 20_000_000,
  instruction: milliseconds(1),
  script: (n) => (n * 7) % 96,
};

/** Both halves paused in mid-pull, the link still cut. */
function cutInPull(algorithm: AlgorithmId, options: Partial<PairOptions> = {}): FakePair {
  const pair = new FakePair({ ...OPTIONS, ...options })
    .start(algorithm)
    .runUntil(({ source }) => source.phase === 'pull')
    .runFor(8);
  pair.linkUp = false;
  return pair.runUntil(
    ({ source, destination }) =>
      source.phase === 'postcopy-paused' && destination.phase === 'postcopy-paused',
  );
}

function expectMoved(pair: FakePair): void {
  expect(pair.source.status).toBe('completed');
  expect(pair.destination.status).toBe('completed');
  expect(pair.running()).toEqual([false, true]);
  expect(pair.vm(1).missingPages).toBe(0);
  expect(pair.vmms[0].vms()).toEqual([]);
  expect(pair.equalsTwin(1)).toBe(true);
}

describe('a pull whose link was lost', () => {
  for (const algorithm of PULLS) {
    it(`by ${algorithm} goes on where it was, and what was in flight is sent again [RC-2]`, () => {
      const pair = cutInPull(algorithm);
      pair.linkUp = true;
      expect(pair.source.recover()).toEqual({ ok: true, value: undefined });
      expect(pair.source.status).toBe('postcopy-recover');
      expectMoved(pair.finish());
      const recovered = (
        pair.kinds('decision') as unknown as { action: string; reason: string }[]
      ).find(({ action }) => action === 'recover');
      expect(recovered?.reason).toMatch(/^\d+ pages were lost on their way and go again/);
    });
  }

  it('is paused when the last message was lost and none follows [AB-8]', () => {
    const pair = new FakePair(OPTIONS).start('pull-on-demand');
    let lost = 0;
    // The one answer that the guest waits for: after it the source has nothing to say.
    pair.tamper = (bytes) => {
      if (lost > 0 || typeOf(bytes) !== 'page-response') return [bytes];
      lost += 1;
      return [];
    };
    pair.runUntil(({ destination }) => destination.phase === 'postcopy-paused');
    expect(pair.destination.reason).toMatch(/before a PING did not arrive$/);
    pair.runUntil(({ source }) => source.phase === 'postcopy-paused');
    pair.source.recover();
    expectMoved(pair.finish());
  });

  it('is paused as soon after a peer has stood still as before [AB-7]', () => {
    const stood = milliseconds(1200);
    const pair = new FakePair({ ...OPTIONS, bitsPerSecond: 1_000_000 });
    let late = 0;
    pair.lag = (bytes, from) => {
      const held = late === 0 && from === 1 && typeOf(bytes) === 'pong';
      if (held) late += 1;
      return held ? stood : milliseconds(0);
    };
    pair.start('pull').runUntil(({ source }) => source.statistics().roundTripNs > stood);
    pair.linkUp = false;
    const { now } = pair;
    pair.runUntil(({ source }) => source.phase === 'postcopy-paused');
    // Half a second, 131 ms for 16 KiB, three round trips of some 10 ms, and a heartbeat.
    expect(pair.now - now).toBeLessThan(milliseconds(750));
  });

  it('is paused when all that comes is GO, again and again [SW-7]', () => {
    const pair = new FakePair(OPTIONS).start('pull-on-demand');
    pair.tamper = (bytes, from) => (from === 1 && pair.destination.phase === 'pull' ? [] : [bytes]);
    pair.runUntil(({ destination }) => destination.phase === 'postcopy-paused');
    expect(pair.destination.reason).toMatch(/^link lost: nothing heard from the source/);
  });

  it('asks again for the page that the guest waits for [RC-3]', () => {
    const pair = cutInPull('pull-on-demand');
    const { retired } = pair.runFor(50).vm(1);
    expect(pair.runFor(50).vm(1).retired).toBe(retired);
    pair.linkUp = true;
    pair.source.recover();
    pair.runUntil(({ destination }) => destination.phase === 'pull').runFor(30);
    expect(pair.vm(1).retired).toBeGreaterThan(retired);
    expectMoved(pair.finish());
  });

  it('goes on by itself when that is asked for', () => {
    const pair = cutInPull('pull', { settings: { recoverAfter: milliseconds(700) } });
    pair.linkUp = true;
    pair.runUntil(({ source }) => source.phase === 'recovering');
    expectMoved(pair.finish());
  });

  it('is paused again by a recovery that nobody answers, and the next one succeeds [case 24] [RC-4]', () => {
    const pair = cutInPull('pull');
    pair.source.recover();
    pair.runUntil(({ source }) => source.phase === 'postcopy-paused');
    expect(pair.destination.phase).toBe('postcopy-paused');
    pair.linkUp = true;
    pair.source.recover();
    expectMoved(pair.finish());
  });

  for (const type of ['resume', 'received', 'ack'] as const) {
    it(`recovers at the second attempt when ${type.toUpperCase()} is lost at the first [RC-4]`, () => {
      const pair = cutInPull('pull');
      pair.linkUp = true;
      pair.tamper = (bytes) => {
        if (typeOf(bytes) === type) pair.linkUp = false;
        return pair.linkUp ? [bytes] : [];
      };
      pair.source.recover();
      pair.runUntil(
        ({ source, destination }) =>
          source.phase === 'postcopy-paused' && destination.phase === 'postcopy-paused',
      );
      pair.tamper = (bytes) => [bytes];
      pair.linkUp = true;
      pair.source.recover();
      expectMoved(pair.finish());
    });
  }

  it('can be lost and recovered several times', () => {
    const pair = cutInPull('pull');
    for (let i = 0; i < 3; i++) {
      pair.linkUp = true;
      pair.source.recover();
      pair.runUntil(({ source }) => source.phase === 'pull').runFor(6);
      pair.linkUp = false;
      pair.runUntil(
        ({ source, destination }) =>
          source.phase === 'postcopy-paused' && destination.phase === 'postcopy-paused',
      );
    }
    pair.linkUp = true;
    pair.source.recover();
    expectMoved(pair.finish());
  });

  it('that is complete, which the source has not heard, ends at once', () => {
    const pair = new FakePair(OPTIONS);
    pair.tamper = (bytes) => {
      if (typeOf(bytes) === 'complete') pair.linkUp = false;
      return pair.linkUp ? [bytes] : [];
    };
    pair.start('pull').runUntil(({ source }) => source.phase === 'postcopy-paused');
    expect(pair.destination.status).toBe('completed');
    pair.tamper = (bytes) => [bytes];
    pair.linkUp = true;
    pair.source.recover();
    expectMoved(pair.finish());
  });

  it('is refused by a destination that knows nothing of it, and stays paused [case 25] [RC-1]', () => {
    const pair = cutInPull('pull');
    pair.linkUp = true;
    pair.tamper = (bytes) => {
      const frame = decodeFrame(bytes);
      if (!frame.ok || frame.value.message?.type !== 'resume') return [bytes];
      return [encodeFrame(frame.value, { ...frame.value.message, vm: 'another' })];
    };
    pair.source.recover();
    pair.runUntil(({ source }) => source.phase === 'postcopy-paused');
    expect(pair.source.statistics().reason).toContain('no pull of this migration is paused here');
    pair.tamper = (bytes) => [bytes];
    pair.source.recover();
    expectMoved(pair.finish());
  });

  it('drops what the old session still brings [RC-1]', () => {
    const pair = cutInPull('pull');
    const { session, nextId } = wireOf(pair.source);
    pair.linkUp = true;
    pair.source.recover();
    pair.runUntil(({ destination }) => destination.phase === 'pull');
    const late = encodeFrame(
      { session, id: nextId },
      {
        type: 'pages',
        round: 1,
        runs: [
          { kind: 'full', gfn: 90, count: 1, reason: 'push', bytes: new Uint8Array(4096).fill(7) },
        ],
      },
    );
    pair.deliver(1, late);
    expectMoved(pair.finish());
  });

  it('can be given up by hand: the VM is lost, and no half of it stays', () => {
    const pair = cutInPull('pull');
    expect(pair.source.giveUp().ok).toBe(true);
    expect(pair.destination.giveUp().ok).toBe(true);
    expect(pair.source.statistics().reason).toContain('the VM is lost');
    expect(pair.destination.reason).toMatch(/the VM is lost, \d+ of its pages never came/);
    for (const vmm of pair.vmms) expect(vmm.freeFrames).toBe(vmm.totalFrames);
  });

  it('cannot be recovered, given up or resolved when it is not paused', () => {
    const pair = sourceIn('pull');
    expect(pair.source.recover().ok).toBe(false);
    expect(pair.source.giveUp().ok).toBe(false);
    expect(pair.destination.giveUp().ok).toBe(false);
    expect(pair.source.resolve('source').ok).toBe(false);
    expect(pair.finish().source.status).toBe('completed');
  });
});

describe('a source in doubt', () => {
  function losing(type: MessageType, algorithm: AlgorithmId): FakePair {
    const pair = new FakePair(OPTIONS);
    pair.tamper = (bytes) => {
      if (typeOf(bytes) === type) pair.linkUp = false;
      return pair.linkUp ? [bytes] : [];
    };
    pair.start(algorithm).runUntil(({ source }) => source.phase === 'in-doubt');
    return pair;
  }
  const reconnect = (pair: FakePair): FakePair => {
    pair.tamper = (bytes) => [bytes];
    pair.linkUp = true;
    return pair;
  };

  for (const algorithm of ['stop-and-copy', 'pre-copy', 'pull', 'retransmission-free'] as const) {
    it(`learns that the VM runs there when the link is back: ${algorithm} [SW-7]`, () => {
      const pair = losing('started', algorithm);
      expect(pair.running()).toEqual([false, true]);
      reconnect(pair).runUntil(({ source }) => source.status === 'completed');
      expectMoved(pair.finish());
    });

    it(`learns that it does not, and takes it back [case 31]: ${algorithm} [SW-7]`, () => {
      const pair = losing('go', algorithm);
      expect(pair.running()).toEqual([false, false]);
      pair.runUntil(({ destination }) => destination.phase === 'failed');
      reconnect(pair).runUntil(() => pair.running()[0]);
      expect(pair.finish().source.statistics().reason).toContain('gave the VM back');
      expect(pair.equalsTwin(0)).toBe(true);
      expect(pair.vmms[1].vms()).toEqual([]);
    });
  }

  it('whose GO comes late after all has the VM given back, not run twice', () => {
    const pair = losing('go', 'pre-copy');
    expect(pair.destination.phase).toBe('ready');
    reconnect(pair).runUntil(({ source }) => source.phase !== 'in-doubt');
    expect(pair.running().filter(Boolean)).toHaveLength(1);
    pair.finish();
    expect(pair.running().filter(Boolean)).toHaveLength(1);
  });

  it('is told by hand that the VM is its own [SW-8]', () => {
    const pair = losing('go', 'pre-copy');
    pair.runUntil(({ destination }) => destination.phase === 'failed');
    expect(pair.source.resolve('source').ok).toBe(true);
    expect(pair.running()).toEqual([true, false]);
    expect(pair.runFor(20).equalsTwin(0)).toBe(true);
  });

  it('is told by hand that the VM is the destination’s [SW-8]', () => {
    const pair = losing('started', 'pre-copy');
    expect(pair.source.resolve('destination').ok).toBe(true);
    expectMoved(pair);
  });

  it('is told so in a pull, which is then recovered [SW-8]', () => {
    const pair = losing('started', 'pull');
    pair.source.resolve('destination');
    expect(pair.source.phase).toBe('postcopy-paused');
    pair.runUntil(({ destination }) => destination.phase === 'postcopy-paused');
    reconnect(pair);
    pair.source.recover();
    expectMoved(pair.finish());
  });
});

describe('a destination that has a migration', () => {
  for (const phase of ['greeted', 'receiving', 'ready', 'pull', 'postcopy-paused'] as const) {
    it(`refuses another in phase "${phase}", and goes on [HS-6]`, () => {
      const pair = destinationIn(phase);
      const before = pair.kinds('message.sent').length;
      const { session } = wireOf(pair.destination);
      pair.deliver(
        1,
        encodeFrame(
          { session: session + 77, id: 1 },
          {
            type: 'hello',
            oldestVersion: 1,
            newestVersion: 2,
            bitsPerSecond: 1_000_000,
          },
        ),
      );
      const sent = pair.kinds('message.sent').slice(before) as unknown as {
        type: string;
        summary: string;
      }[];
      expect(sent.map(({ type, summary }) => [type, summary])).toEqual([
        ['refused', 'another migration is under way at this host'],
      ]);
      expect(pair.destination.phase).toBe(phase);
      if (phase !== 'postcopy-paused') expect(pair.finish().source.status).toBe('completed');
    });
  }
});

describe('a guest that has ended', () => {
  it('is not migrated, and the refusal names it [HS-7]', () => {
    const pair = new FakePair();
    pair.guestEnded = 'exit port';
    const settings = defaultSettings(1_000_000);
    const answer = pair.source.start({ vm: 'vm1', algorithm: 'pre-copy', settings });
    expect(answer).toMatchObject({ ok: false, error: { code: 'guest-stopped' } });
    expect(pair.source.statistics().reason).toContain('VM "vm1" has ended (exit port)');
    expect(pair.kinds('message.sent')).toEqual([]);
  });

  it('in a round ends the migration, and the destination keeps nothing [HS-7]', () => {
    const pair = sourceIn('iterating');
    pair.source.guestEnded('exit port');
    pair.finish();
    expect(pair.source.statistics().reason).toBe('the guest has ended: exit port');
    expect(pair.vmms[1].vms()).toEqual([]);
  });
});

describe('a second migration of the same VM', () => {
  it('is refused while the first is under way, which is told, and the first goes on [case 48]', () => {
    const pair = sourceIn('iterating');
    const settings = defaultSettings(1_000_000);
    const second = pair.source.start({ vm: 'vm1', algorithm: 'pull', settings });
    expect(second.ok ? '' : second.error.code).toBe('busy');
    expect(pair.finish().source.status).toBe('completed');
    const refused = (pair.kinds('decision') as unknown as { action: string }[]).some(
      ({ action }) => action === 'refused',
    );
    expect(refused).toBe(true);
  });
});
