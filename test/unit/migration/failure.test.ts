/** What goes wrong in a migration, in every phase, and who runs the VM afterwards. */
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { assemble, decodeFrame, FLAG_OPTIONAL } from '../../../src/migration/codec.ts';
import {
  DESTINATION_PHASES,
  DESTINATION_TABLE,
  type DestinationPhase,
} from '../../../src/migration/destination-states.ts';
import type { MessageType } from '../../../src/migration/messages.ts';
import { defaultSettings } from '../../../src/migration/settings.ts';
import {
  SOURCE_PHASES,
  SOURCE_TABLE,
  type SourcePhase,
} from '../../../src/migration/source-states.ts';
import { FakePair, type Tamper } from '../../support/fake-pair.ts';
import { destinationIn, sourceIn, wireOf } from '../../support/fake-phases.ts';

const OWNING = SOURCE_PHASES.filter((phase) => SOURCE_TABLE[phase].cancel === 'cancel');
const typeOf = (bytes: Uint8Array): MessageType | undefined => {
  const frame = decodeFrame(bytes);
  return frame.ok ? frame.value.message?.type : undefined;
};
/** Does something to the n-th message of a type. */
function onNth(
  type: MessageType,
  n: number,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>[],
): Tamper {
  let seen = 0;
  return (bytes) => {
    if (typeOf(bytes) !== type) return [bytes];
    seen += 1;
    return seen === n ? change(bytes) : [bytes];
  };
}

/** The VM runs on at the source as if nothing had been asked, and the destination kept nothing [AB-1]. */
function expectUntouched(pair: FakePair): void {
  expect(pair.running()).toEqual([true, false]);
  expect(pair.vm(0).asleep).toBe(false);
  expect(pair.vm(0).logging).toBe(false);
  expect(pair.equalsTwin(0)).toBe(true);
  expect(pair.vmms[1].freeFrames).toBe(pair.vmms[1].totalFrames);
  const retired = pair.vm(0).retired;
  pair.runFor(10);
  expect(pair.vm(0).retired).toBeGreaterThan(retired);
}

describe('cancelling by hand [AB-2]', () => {
  it('is possible in the phases before GO', () => {
    expect(OWNING).toEqual([
      'greeting',
      'offering',
      'surveying',
      'choosing',
      'reserving',
      'sampling',
      'iterating',
      'suspending',
      'stopping',
      'verifying',
      'preparing',
    ]);
  });

  for (const phase of OWNING) {
    it(`in phase "${phase}" lets the VM run on at the source [case 10]`, () => {
      const pair = sourceIn(phase);
      expect(pair.source.cancel()).toEqual({ ok: true, value: undefined });
      expect(pair.source.status).toBe('cancelling');
      if (phase === 'suspending') pair.guestSuspendsItself();
      pair.finish();
      expect(pair.source.status).toBe('cancelled');
      expect(['cancelled', 'failed']).toContain(pair.destination.status);
      expectUntouched(pair);
    });

    it(`in phase "${phase}" with the link cut ends as cancelled too`, () => {
      const pair = sourceIn(phase);
      pair.linkUp = false;
      pair.source.cancel();
      if (phase === 'suspending') pair.guestSuspendsItself();
      pair.finish();
      expect(pair.source.status).toBe('cancelled');
      expectUntouched(pair);
    });
  }

  for (const phase of ['committed', 'pull', 'postcopy-paused', 'recovering', 'in-doubt'] as const) {
    it(`in phase "${phase}" is refused with a reason [SW-4]`, () => {
      const pair = sourceIn(phase);
      const answer = pair.source.cancel();
      expect(answer.ok ? '' : answer.error).toContain('GO has been sent');
      expect(pair.source.phase).toBe(phase);
    });
  }

  for (const phase of ['idle', 'cancelling', 'completed', 'cancelled', 'failed'] as const) {
    it(`in phase "${phase}" has no effect, and the next migration succeeds [case 11]`, () => {
      const pair = sourceIn(phase);
      const { status } = pair.source;
      expect(pair.source.cancel().ok).toBe(false);
      expect(pair.source.status).toBe(status);
      if (phase === 'completed') return;
      pair.linkUp = true;
      pair.finish().start('pre-copy').finish();
      expect(pair.source.status).toBe('completed');
      expect(pair.equalsTwin(1)).toBe(true);
    });
  }

  for (const phase of DESTINATION_PHASES) {
    const { cancel } = DESTINATION_TABLE[phase];
    it(`at the destination in phase "${phase}": ${cancel}`, () => {
      const pair = destinationIn(phase);
      const [running, { status }] = [pair.running(), pair.destination];
      expect(pair.destination.cancel().ok).toBe(cancel === 'cancel');
      if (cancel !== 'cancel') {
        expect([pair.running(), pair.destination.phase]).toEqual([running, phase]);
        expect(pair.destination.status).toBe(status);
        return;
      }
      pair.finish();
      expect(pair.destination.status).toBe('cancelled');
      expectUntouched(pair);
    });
  }

  it('at the destination ends the migration, and the VM runs on at the source', () => {
    const pair = destinationIn('receiving');
    expect(pair.destination.cancel().ok).toBe(true);
    pair.finish();
    expect(pair.destination.status).toBe('cancelled');
    expect(pair.source.statistics().reason).toBe(
      'ended by the destination: cancelled by hand at the destination',
    );
    expectUntouched(pair);
  });

  it('at the destination is refused once the VM runs there', () => {
    expect(destinationIn('pull').destination.cancel().ok).toBe(false);
  });
});

describe('a link that is cut', () => {
  for (const phase of OWNING) {
    it(`while the source is in phase "${phase}" fails the migration, and the VM runs on there`, () => {
      const pair = sourceIn(phase);
      pair.linkUp = false;
      if (phase === 'suspending') pair.runFor(2000).guestSuspendsItself();
      pair.finish();
      expect(pair.source.status).toBe('failed');
      expect(pair.source.statistics().reason).toMatch(
        /^link lost: nothing heard from the destination for \d+ ms$/,
      );
      expectUntouched(pair);
    });
  }

  const copies = DESTINATION_PHASES.filter(
    (phase) =>
      ![
        'idle',
        'pull',
        'postcopy-paused',
        'recovering',
        'completed',
        'cancelled',
        'failed',
      ].includes(phase),
  );
  for (const phase of copies) {
    it(`while the destination is in phase "${phase}" leaves nothing there and at most one VM running`, () => {
      const pair = destinationIn(phase);
      pair.linkUp = false;
      pair.finish();
      expect(pair.destination.status).toBe('failed');
      expect(pair.destination.reason).toMatch(/^link lost/);
      expect(pair.vmms[1].vms()).toEqual([]);
      expect(pair.running()[1]).toBe(false);
    });
  }

  for (const algorithm of ALGORITHM_IDS) {
    it(`after GO leaves nobody running, in doubt, when GO is lost by ${algorithm} [case 30] [SW-5]`, () => {
      const pair = new FakePair({ instruction: milliseconds(1) });
      pair.tamper = (bytes) => {
        if (typeOf(bytes) === 'go') pair.linkUp = false;
        return pair.linkUp ? [bytes] : [];
      };
      pair.start(algorithm).finish();
      expect(pair.source.phase).toBe('in-doubt');
      expect(pair.source.status).toBe('failed');
      expect(pair.source.statistics().reason).toMatch(/^in doubt: link lost/);
      expect(pair.running()).toEqual([false, false]);
      expect(pair.equalsTwin(0)).toBe(true);
    });

    it(`after GO leaves the destination running when STARTED is lost by ${algorithm} [case 30] [SW-5]`, () => {
      const pair = new FakePair({ instruction: milliseconds(1) });
      pair.tamper = (bytes) => {
        if (typeOf(bytes) === 'started') pair.linkUp = false;
        return pair.linkUp ? [bytes] : [];
      };
      pair.start(algorithm).finish();
      expect(pair.source.phase).toBe('in-doubt');
      expect(pair.running()).toEqual([false, true]);
    });
  }

  it('and a STARTED that comes late resolve the doubt [SW-5]', () => {
    const pair = new FakePair({ instruction: milliseconds(1) });
    let late: Uint8Array<ArrayBuffer> | undefined;
    pair.tamper = (bytes) => {
      if (typeOf(bytes) === 'started') {
        late = bytes;
        pair.linkUp = false;
      }
      return pair.linkUp ? [bytes] : [];
    };
    pair.start('pre-copy').finish();
    expect(late).toBeDefined();
    pair.deliver(0, late ?? new Uint8Array(0));
    expect(pair.source.status).toBe('completed');
    expect(pair.vmms[0].vms()).toEqual([]);
    expect(pair.running()).toEqual([false, true]);
  });

  it('in the pull phase pauses both halves, and the guest runs only on pages it has [PF-6]', () => {
    const pair = sourceIn('pull');
    pair.linkUp = false;
    pair.finish();
    expect(pair.source.status).toBe('postcopy-paused');
    expect(pair.destination.status).toBe('postcopy-paused');
    expect(pair.running()).toEqual([false, true]);
    expect(pair.vm(1).missingPages).toBeGreaterThan(0);
    const { retired } = pair.runFor(100).vm(1);
    expect(pair.runFor(100).vm(1).retired).toBe(retired);
    expect(pair.equalsTwin(1)).toBe(true);
  });
});

describe('a destination that has destroyed its copy', () => {
  it('answers GO by giving the VM back, and the source runs it again [case 31] [AB-4]', () => {
    const pair = destinationIn('ready');
    pair.tamper = (bytes, from) =>
      from === 1 && typeOf(bytes) === 'abort' && pair.source.phase !== 'committed' ? [] : [bytes];
    pair.destination.cancel();
    pair.finish();
    expect(pair.source.status).toBe('failed');
    expect(pair.source.statistics().reason).toContain('gave the VM back');
    expectUntouched(pair);
  });
});

describe('messages that do not arrive as they were sent', () => {
  const before: readonly (readonly [MessageType, number])[] = [
    ['capabilities', 2],
    ['ack', 1],
    ['reserved', 1],
    ['pages', 3],
    ['round-end', 1],
    ['paused', 1],
    ['state', 1],
    ['ready', 1],
  ];
  const flip = (bytes: Uint8Array<ArrayBuffer>) => {
    const damaged = bytes.slice();
    damaged[damaged.length - 1] ^= 0x10;
    return [damaged];
  };

  for (const [type, n] of before) {
    it(`are ignored when ${type.toUpperCase()} comes twice [case 49] [AB-6]`, () => {
      const pair = new FakePair();
      pair.tamper = onNth(type, n, (bytes) => [bytes, bytes]);
      pair.start('pre-copy').finish();
      expect(pair.source.status).toBe('completed');
      const dropped = pair.kinds('message.dropped') as { reason: string }[];
      expect(dropped.map(({ reason }) => reason)).toContain('it came before');
      expect(pair.equalsTwin(1)).toBe(true);
    });

    it(`end the migration when ${type.toUpperCase()} is damaged [case 49] [AB-3]`, () => {
      const pair = new FakePair();
      pair.tamper = onNth(type, n, flip);
      pair.start('pre-copy').finish();
      expect(pair.source.status).toBe('failed');
      expect(pair.source.statistics().reason).toContain('checksum does not fit');
      expectUntouched(pair);
    });

    it(`end the migration when ${type.toUpperCase()} is cut short [case 49] [AB-3]`, () => {
      const pair = new FakePair();
      pair.tamper = onNth(type, n, (bytes) => [bytes.slice(0, bytes.length - 1)]);
      pair.start('pre-copy').finish();
      expect(pair.source.status).toBe('failed');
      expectUntouched(pair);
    });

    it(`end the migration when ${type.toUpperCase()} is lost [case 49] [AB-3]`, () => {
      const pair = new FakePair({ instruction: milliseconds(5) });
      pair.tamper = onNth(type, n, () => []);
      pair.start('pre-copy').finish();
      expect(pair.source.status).toBe('failed');
      expectUntouched(pair);
    });
  }

  it('do no harm when heartbeats are lost, damaged only in the direction of nothing else [AB-7]', () => {
    const pair = new FakePair({ pages: 96, bitsPerSecond: 10_000_000 });
    pair.tamper = onNth('pong', 1, () => []);
    pair.start('pre-copy').finish();
    expect(pair.source.status).toBe('completed');
  });

  it('are skipped when their type is unknown and optional, and refused when it is mandatory [PV-4]', () => {
    const outcome = (flags: number): FakePair => {
      const pair = destinationIn('receiving');
      const { session, expectedId } = wireOf(pair.destination);
      pair.deliver(1, assemble({ session, id: expectedId }, 99, flags, []));
      return pair;
    };
    expect(outcome(FLAG_OPTIONAL).destination.phase).toBe('receiving');
    expect(outcome(0).destination.reason).toBe(
      'message type 99 is unknown and must not be skipped',
    );
  });

  it('are ignored when they belong to another migration [HS-2]', () => {
    const pair = destinationIn('receiving');
    const { session, expectedId } = wireOf(pair.destination);
    pair.deliver(1, assemble({ session: session + 1, id: expectedId }, 14, 0, []));
    expect(pair.destination.phase).toBe('receiving');
  });

  it('pause the pull phase when a page is lost', () => {
    const pair = new FakePair({ instruction: milliseconds(1) });
    pair.tamper = onNth('pages', 3, () => []);
    pair.start('pull').finish();
    expect(pair.destination.status).toBe('postcopy-paused');
    expect(pair.source.status).toBe('postcopy-paused');
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('never write over a page that the guest has [case 26] [PF-4]', () => {
    const pair = new FakePair({ script: () => 91, instruction: milliseconds(0.05) });
    pair.tamper = (bytes) => {
      const frame = decodeFrame(bytes);
      if (!frame.ok || frame.value.message?.type !== 'page-response') return [bytes];
      const { session, id } = frame.value;
      // The same page once more, under the next id, long after the guest has written to it.
      const copy = assemble({ session, id: id + 1 }, 17, 0, [bytes.subarray(24)]);
      renumber = 1;
      return [bytes, copy];
    };
    let renumber = 0;
    const honest = pair.tamper;
    pair.tamper = (bytes, from) => {
      if (from === 1 || renumber === 0) return honest(bytes, from);
      const frame = decodeFrame(bytes);
      if (!frame.ok || frame.value.id >= 0x8000_0000) return [bytes];
      const { session, id, typeNumber } = frame.value;
      return [assemble({ session, id: id + renumber }, typeNumber, 0, [bytes.subarray(24)])];
    };
    pair.start('pull').finish();
    expect(
      pair.pageEvents.filter((event) => event.kind === 'skipped').map((event) => event.gfn),
    ).toEqual([91]);
    expect(pair.equalsTwin(1)).toBe(true);
  });
});

describe('a request that cannot be met', () => {
  it('names both offers when the algorithm is not in both [case 15] [HS-4]', () => {
    const pair = new FakePair({
      algorithms: [
        ['pre-copy', 'pull'],
        ['stop-and-copy', 'pull'],
      ],
    })
      .start('pre-copy')
      .finish();
    expect(pair.source.statistics().reason).toBe(
      '"pre-copy" is not offered by both hosts: source (xen) pre-copy, pull; destination (kvm) stop-and-copy, pull',
    );
    expectUntouched(pair);
  });

  it('is refused by name when the destination lacks memory [HS-5]', () => {
    const pair = new FakePair({ destinationFrames: 95 }).start('pre-copy').finish();
    expect(pair.source.statistics().reason).toBe(
      'refused by the destination: 96 frames are wanted, 95 are free',
    );
    expect(
      pair
        .kinds('message.received')
        .some((event) => (event as { type: string }).type === 'refused'),
    ).toBe(true);
    expectUntouched(pair);
  });

  it('is refused when the VM does not exist, or is migrating already', () => {
    const pair = sourceIn('iterating');
    const settings = defaultSettings(1_000_000);
    const second = pair.source.start({ vm: 'vm1', algorithm: 'pull', settings });
    expect(second.ok ? '' : second.error.code).toBe('busy');
    const other = new FakePair().source.start({ vm: 'vm2', algorithm: 'pull', settings });
    expect(other.ok ? '' : other.error.code).toBe('no-such-vm');
  });

  it('is refused when nobody answers [case 14]', () => {
    const pair = new FakePair({ instruction: milliseconds(5) });
    pair.linkUp = false;
    pair.start('pre-copy').finish();
    expect(pair.source.status).toBe('failed');
    expectUntouched(pair);
  });

  it('is refused when a VM of that name is at the destination already [HS-5]', () => {
    const pair = new FakePair();
    pair.vmms[1].createVm({ id: 'vm1', pages: 1, instructionNs: 50 });
    pair.start('pre-copy').finish();
    expect(pair.source.statistics().reason).toContain('a VM exists once');
    expect(pair.vmms[1].vms()).toHaveLength(1);
  });

  it('is refused when the destination lacks a CPU feature of the VM, by its name [HS-10]', () => {
    const pair = new FakePair();
    const features = pair.vmms[1].offer.features.filter((name) => name !== 'pae');
    Object.assign(pair.vmms[1].offer, { features });
    pair.start('pre-copy').finish();
    expect(pair.source.statistics().reason).toContain('CPU feature pae');
    expectUntouched(pair);
    expect(pair.vmms[1].vms()).toHaveLength(0);
  });

  it('is refused before anything is offered when the destination bars the source [HS-11]', () => {
    const pair = new FakePair();
    pair.barred = 'refused by (xend-relocation-server …)';
    pair.start('pre-copy').finish();
    expect(pair.source.statistics().reason).toContain('xend-relocation-server');
    expectUntouched(pair);
    expect(pair.vmms[1].vms()).toHaveLength(0);
  });
});

describe('a checkpoint', () => {
  const log = (pair: FakePair) =>
    [...pair.events, ...pair.pageEvents].map((event) =>
      JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    );
  const points: readonly (readonly [string, SourcePhase])[] = [
    ['pre-copy', 'offering'],
    ['pre-copy', 'iterating'],
    ['stop-and-copy', 'stopping'],
    ['pre-copy', 'committed'],
    ['pull', 'pull'],
  ];

  for (const [algorithm, phase] of points) {
    it(`taken in phase "${phase}" of ${algorithm} goes on to the same trace and the same memory`, () => {
      const pair = new FakePair()
        .start(algorithm)
        .runUntil(({ source }) => source.phase === phase)

        .runFor(1);
      const copy = pair.copy();
      const before = [pair.events.length, pair.pageEvents.length] as const;
      pair.finish();
      copy.finish();
      const after = [...pair.events.slice(before[0]), ...pair.pageEvents.slice(before[1])];
      expect(after.length).toBeGreaterThan(0);
      expect(log(copy)).toEqual(after.map((event) => JSON.stringify(event)));
      expect(copy.vm(1).memory).toEqual(pair.vm(1).memory);
      expect(copy.source.statistics()).toEqual(pair.source.statistics());
    });
  }

  it('shares nothing with the daemon, and saves again as the same', () => {
    const pair = sourceIn('iterating');
    const saved = pair.source.checkpoint();
    const text = JSON.stringify(saved);
    pair.runFor(3);
    expect(JSON.stringify(saved)).toBe(text);
    expect(JSON.stringify(sourceIn('iterating').copy().source.checkpoint())).toBe(text);
    const waiting: DestinationPhase = 'switching';
    const destination = destinationIn(waiting);
    expect(destination.copy().destination.checkpoint()).toEqual(
      destination.destination.checkpoint(),
    );
  });
});
