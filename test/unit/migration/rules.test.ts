/** Rules of PROTOCOL.md that need a look inside a run. */
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import {
  assemble,
  decodeFrame,
  encodeFrame,
  PROTOCOL_VERSION,
} from '../../../src/migration/codec.ts';
import { batchPages, MAX_FULL_PAGES, silenceLimit } from '../../../src/migration/limits.ts';
import type { Message, MessageType } from '../../../src/migration/messages.ts';
import type { LabEvent } from '../../../src/trace/event.ts';
import { FakePair, type Tamper } from '../../support/fake-pair.ts';
import { destinationIn, sourceIn, wireOf } from '../../support/fake-phases.ts';

type Named = LabEvent & { readonly type: string; readonly summary: string };
const sentBy = (pair: FakePair, party: number): Named[] =>
  pair.kinds('message.sent').filter((event) => event.party === party) as Named[];
const typesSent = (pair: FakePair, party: number): string[] =>
  sentBy(pair, party)
    .map(({ type }) => type)
    .filter((type) => type !== 'ping' && type !== 'pong');

/** Replaces each message of a type by another, in its place. */
function replacing(type: MessageType, change: (message: Message) => Message): Tamper {
  return (bytes) => {
    const frame = decodeFrame(bytes);
    if (!frame.ok || frame.value.message?.type !== type) return [bytes];
    return [encodeFrame(frame.value, change(frame.value.message))];
  };
}

describe('frames and versions', () => {
  it('of another framing version are refused [PV-1]', () => {
    const bytes = assemble({ session: 1, id: 1 }, 14, 0, []);
    bytes[4] = 2;
    const frame = decodeFrame(bytes);
    expect(frame.ok ? '' : frame.error.code).toBe('bad-version');
  });

  it('too new for the destination are answered and refused [case 38] [PV-2]', () => {
    const pair = new FakePair();
    pair.tamper = (bytes, from) =>
      from === 0
        ? replacing(
            'hello',
            (m) => ({ ...m, oldestVersion: PROTOCOL_VERSION + 1, newestVersion: 99 }) as Message,
          )(bytes, from)
        : [bytes];
    pair.start('pre-copy').finish();
    expect(typesSent(pair, 1).slice(0, 2)).toEqual(['hello', 'refused']);
    expect(pair.destination.reason).toBe(
      `no common protocol version: 1 to ${PROTOCOL_VERSION} here, ${PROTOCOL_VERSION + 1} to 99 there`,
    );
    expect(pair.running()).toEqual([true, false]);
  });

  it('with more pages than the cap are refused before any is read [PV-6]', () => {
    const body = new Uint8Array(14);
    new DataView(body.buffer).setUint16(4, 1, true);
    new DataView(body.buffer).setUint16(10, 0xffff, true);
    body[12] = 1;
    const frame = decodeFrame(assemble({ session: 1, id: 1 }, 8, 0, [body]));
    expect(frame.ok ? '' : frame.error.message).toContain('over the cap');
  });
});

describe('the handshake', () => {
  it('is with whichever session greets a destination at rest [HS-1]', () => {
    const pair = sourceIn('iterating').cancel().finish();
    const first = wireOf(pair.destination).session;
    pair.start('pre-copy').finish();
    expect(wireOf(pair.destination).session).not.toBe(first);
    expect(pair.destination.status).toBe('completed');
  });

  it('takes the slower port for its limits [HS-3]', () => {
    const pair = new FakePair();
    pair.tamper = (bytes, from) =>
      from === 1
        ? replacing('hello', (m) => ({ ...m, bitsPerSecond: 5_000_000 }) as Message)(bytes, from)
        : [bytes];
    pair.start('pre-copy').finish();
    expect(wireOf(pair.source).bitsPerSecond).toBe(5_000_000);
  });
});

describe('rounds', () => {
  it('begin with the log on, so that a write between two reads is sent again [IT-1]', () => {
    const pair = sourceIn('iterating');
    expect(pair.vm(0).logging).toBe(true);
    expect(pair.finish().equalsTwin(1)).toBe(true);
  });

  it('that fail lose no page for the next migration [IT-2]', () => {
    const pair = sourceIn('iterating').runFor(3).cancel().finish();
    pair.start('pre-copy').finish();
    expect(pair.source.statistics().iterations[0].sentPages).toBe(48);
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('are not acknowledged [IT-3]', () => {
    const pair = new FakePair().start('pre-copy').finish();
    expect(typesSent(pair, 1)).toEqual([
      'hello',
      'capabilities',
      'ack',
      'reserved',
      'ready',
      'started',
    ]);
  });

  it('have messages that take about 2 ms of the wire, or one page [IT-4]', () => {
    const rates = [100_000, 10_000_000, 100_000_000, 1_000_000_000, 100_000_000_000];
    expect(rates.map(batchPages)).toEqual([1, 1, 6, MAX_FULL_PAGES, MAX_FULL_PAGES]);
  });

  it('with one frame beyond memory change no page [IT-5]', () => {
    const pair = destinationIn('receiving');
    const { session, expectedId: id } = wireOf(pair.destination);
    const runs = [0, 48].map(
      (gfn) =>
        ({
          kind: 'full',
          gfn,
          count: 1,
          reason: 'first',
          bytes: new Uint8Array(4096).fill(9),
        }) as const,
    );
    const installed = () => pair.pageEvents.filter((event) => event.kind === 'installed').length;
    const before = installed();
    pair.deliver(1, encodeFrame({ session, id }, { type: 'pages', round: 1, runs }));
    expect(pair.destination.reason).toBe("frames 48 + 1 are beyond the VM's 48 pages");
    expect(installed()).toBe(before);
  });
});

describe('the switchover', () => {
  it('reads the log once more after the pause and switches it off [SW-1]', () => {
    const pair = sourceIn('preparing');
    expect(pair.vm(0).asleep).toBe(true);
    expect(pair.vm(0).logging).toBe(false);
    const { dirtySyncCount, iterations } = pair.source.statistics();
    expect(dirtySyncCount).toBe(iterations.filter((iteration) => !iteration.paused).length + 1);
  });

  it('sends the state untranslated between hosts of one kind [SW-2]', () => {
    const pair = new FakePair({ kinds: ['kvm', 'kvm'] }).start('pull').finish();
    expect(sentBy(pair, 0).find(({ type }) => type === 'state')?.summary).toContain('kvm-native');
    expect(pair.equalsTwin(1)).toBe(true);
  });

  const states: readonly (readonly [string, Partial<Message>])[] = [
    ['that is no image', { bytes: new Uint8Array(40) }],
    ['that was not agreed on', { format: 'kvm-native' }],
  ];
  for (const [what, change] of states) {
    it(`refuses a state ${what}, and touches no VM [SW-3]`, () => {
      const pair = new FakePair();
      pair.tamper = replacing('state', (m) => ({ ...m, ...change }) as Message);
      pair.start('stop-and-copy').finish();
      expect(pair.destination.status).toBe('failed');
      expect(pair.vmms[1].vms()).toEqual([]);
      expect(pair.running()).toEqual([true, false]);
      expect(pair.equalsTwin(0)).toBe(true);
    });
  }

  it('is not begun in a format that the destination cannot read [case 15] [SW-2]', () => {
    const pair = new FakePair();
    pair.tamper = replacing('choose', (m) => ({ ...m, format: 'strange' }) as Message);
    pair.start('pre-copy').finish();
    expect(pair.destination.reason).toBe(
      'state as "strange" cannot be read here, only vmcf and kvm-native',
    );
    expect(pair.running()).toEqual([true, false]);
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('does not follow a READY whose figures are not the source’s own [SW-3]', () => {
    const pair = new FakePair();
    pair.tamper = replacing('ready', (m) => ({ ...m, present: 95, missing: 1 }) as Message);
    pair.start('stop-and-copy').finish();
    expect(typesSent(pair, 0)).not.toContain('go');
    expect(pair.running()).toEqual([true, false]);
  });

  it('does not become ready while a page is unaccounted for [SW-3]', () => {
    const pair = new FakePair();
    pair.tamper = replacing('discard', () => ({ type: 'discard', runs: [{ gfn: 0, count: 95 }] }));
    pair.start('pull').finish();
    expect(pair.destination.reason).toBe('1 of 96 pages neither came nor are still to be pulled');
    expect(pair.running()).toEqual([true, false]);
  });

  it('never has two running, and frees the source only after STARTED [SW-6]', () => {
    for (const algorithm of ['stop-and-copy', 'pre-copy', 'pull']) {
      const pair = new FakePair().start(algorithm);
      pair.runUntil(() => {
        expect(pair.running()).not.toEqual([true, true]);
        const started = pair
          .kinds('message.received')
          .some(
            (event) => event.party === 0 && ['started', 'complete'].includes((event as Named).type),
          );
        expect(pair.vmms[0].vms().length === 1 || started).toBe(true);
        return pair.source.phase === 'completed';
      });
    }
  });
});

describe('the pull', () => {
  it('begins with every page missing [PF-1]', () => {
    const pair = new FakePair({ latency: milliseconds(5) })
      .start('pull')
      .runUntil(({ destination }) => destination.phase === 'pull');
    expect(pair.vm(1).missingPages).toBe(96);
  });

  it('asks for a page once, and its answer overtakes the push [PF-2]', () => {
    const pair = new FakePair({ script: () => 90, bitsPerSecond: 20_000_000 })
      .start('pull')
      .finish();
    expect(typesSent(pair, 1).filter((type) => type === 'page-request')).toHaveLength(1);
    const installed = pair.pageEvents
      .filter((event) => event.kind === 'installed')
      .map((event) => event.gfn);
    expect(installed.indexOf(90)).toBeLessThan(40);
    expect(installed[installed.indexOf(90) + 1]).toBeGreaterThan(0);
    expect(installed).toHaveLength(96);
  });

  it('does not answer for a page that has left already [PF-3]', () => {
    const pair = new FakePair({ script: () => 1, instruction: milliseconds(0.05) })
      .start('pull')
      .finish();
    expect(pair.source.statistics().postcopyRequests).toBe(1);
    expect(typesSent(pair, 0)).not.toContain('page-response');
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('ends with COMPLETE, which carries how long the guest waited [PF-5]', () => {
    const pair = new FakePair({ script: (n) => 95 - (n % 96) }).start('pull').finish();
    expect(typesSent(pair, 1).at(-1)).toBe('complete');
    expect(pair.source.statistics().postcopyBlocktimeNs).toBeGreaterThan(0);
  });
});

describe('silence', () => {
  it('is measured against the round trip and the rate of the link [AB-7]', () => {
    const fast = silenceLimit(milliseconds(2), 1_000_000_000, 1);
    expect(fast).toBeGreaterThanOrEqual(milliseconds(500));
    expect(fast).toBeLessThan(milliseconds(510));
    expect(silenceLimit(milliseconds(2000), 1_000_000_000, 1)).toBeGreaterThan(milliseconds(6000));
    expect(silenceLimit(undefined, 1_000_000_000, 1)).toBe(milliseconds(30_000));
  });

  it('of a gap before STARTED does not leave the source in doubt [AB-5]', () => {
    const pair = sourceIn('committed');
    const { session, expectedId } = wireOf(pair.source);
    pair.deliver(0, encodeFrame({ session, id: expectedId + 3 }, { type: 'started', retired: 1n }));
    expect(pair.source.status).toBe('completed');
  });
});
