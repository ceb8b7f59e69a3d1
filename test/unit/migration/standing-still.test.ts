/** A VM that somebody has paused by hand, and pages that are compared while the VM stands still. */
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { decodeFrame, encodeFrame } from '../../../src/migration/codec.ts';
import type { MessageType } from '../../../src/migration/messages.ts';
import { NO_ADD_ONS } from '../../../src/migration/settings.ts';
import { FakePair, type PairOptions, type Tamper } from '../../support/fake-pair.ts';

const EASY: Partial<PairOptions> = {
  settings: { downtimeLimit: milliseconds(50), thresholdPages: 8 },
  script: (n) => (n * 7) % 20,
};
const VERIFYING: Partial<PairOptions> = {
  ...EASY,
  settings: { ...EASY.settings, addOns: { ...NO_ADD_ONS, verify: true } },
};

/** Both ends believe that the other speaks no newer version. */
const atMost =
  (newestVersion: number): Tamper =>
  (bytes) => {
    const frame = decodeFrame(bytes);
    if (!frame.ok || frame.value.message?.type !== 'hello') return [bytes];
    return [encodeFrame(frame.value, { ...frame.value.message, newestVersion })];
  };

/** Messages of a type in their order, from the source. */
function typesSent(pair: FakePair): string[] {
  return pair
    .kinds('message.sent')
    .filter(({ party }) => party === 0)
    .map((event) => ('type' in event ? event.type : ''));
}

function expectMoved(pair: FakePair): void {
  expect([pair.source.status, pair.destination.status]).toEqual(['completed', 'completed']);
  expect(pair.equalsTwin(1)).toBe(true);
  expect(pair.vmms[0].freeFrames).toBe(pair.vmms[0].totalFrames);
}

describe('a VM that is paused by hand [SW-9]', () => {
  it.each(ALGORITHM_IDS)(
    'stays paused when it moves, and retires nothing before it is let run [case 4]: %s',
    (algorithm) => {
      const pair = new FakePair(EASY).runFor(5).pauseByHand(0);
      const { retired } = pair.vm(0);
      pair.start(algorithm).finish();
      expectMoved(pair);
      expect(pair.running()).toEqual([false, false]);
      pair.runFor(500);
      expect(pair.vm(1).retired).toBe(retired);
      pair.resumeByHand(1).runFor(20);
      expect(pair.running()).toEqual([false, true]);
      expect(pair.vm(1).retired).toBeGreaterThan(retired);
      expect(pair.equalsTwin(1)).toBe(true);
    },
  );

  it.each(ALGORITHM_IDS)('may be paused while its pages cross [case 4]: %s', (algorithm) => {
    const pair = new FakePair(EASY).start(algorithm);
    pair.runUntil(({ source }) =>
      ['sampling', 'iterating', 'stopping', 'preparing'].includes(source.phase),
    );
    const still = ['stopping', 'preparing'].includes(pair.source.phase);
    pair.pauseByHand(0).finish();
    expectMoved(pair);
    expect(pair.running()).toEqual([false, still]);
    pair.resumeByHand(1).runFor(20);
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it.each(ALGORITHM_IDS)('stays paused at the source when the migration fails: %s', (algorithm) => {
    const pair = new FakePair(EASY).runFor(5).pauseByHand(0);
    pair.tamper = (bytes) => (typeOf(bytes) === 'ready' ? [] : [bytes]);
    pair.start(algorithm).finish();
    expect(pair.source.status).toBe('failed');
    expect(pair.running()).toEqual([false, false]);
    pair.resumeByHand(0).runFor(20);
    expect(pair.running()).toEqual([true, false]);
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('is not given to a destination that could not be told', () => {
    const pair = new FakePair(EASY).pauseByHand(0);
    pair.tamper = atMost(3);
    pair.start('pre-copy').finish();
    expect(pair.source.statistics().reason).toContain('paused by hand');
    expect(pair.running()).toEqual([false, false]);
    expect(pair.vmms[1].freeFrames).toBe(pair.vmms[1].totalFrames);
  });
});

const typeOf = (bytes: Uint8Array): MessageType | undefined => {
  const frame = decodeFrame(bytes);
  return frame.ok ? frame.value.message?.type : undefined;
};

describe('VERIFY [SW-10]', () => {
  it.each(ALGORITHM_IDS)(
    'sends every page that is there once more, and none differs [case 40]: %s',
    (algorithm) => {
      const pair = new FakePair(VERIFYING).start(algorithm);
      pair.runUntil(({ source }) => ['preparing', 'committed', 'pull'].includes(source.phase));
      const there = pair.vm(1).config.pages - pair.source.statistics().remainingPages;
      pair.finish();
      expectMoved(pair);
      expect(pair.running()).toEqual([false, true]);
      const types = typesSent(pair);
      expect(types.includes('verify')).toBe(there > 0);
      if (there === 0) return;
      expect(types.indexOf('verify')).toBeLessThan(types.indexOf('state'));
      const [{ summary }] = pair
        .kinds('message.sent')
        .filter((event) => 'type' in event && event.type === 'verify') as { summary: string }[];
      expect(summary).toBe(`${there} pages once more, to be compared`);
    },
  );

  it.each([1, 4])('finds one byte that is wrong, whatever brought it: %i channels', (channels) => {
    const addOns = { ...NO_ADD_ONS, verify: true, channels };
    const pair = new FakePair({ ...EASY, settings: { ...EASY.settings, addOns } });
    pair.start('pre-copy').runUntil(({ source }) => source.phase === 'verifying');
    pair.runUntil(({ destination }) => destination.phase === 'verifying');
    pair.vm(1).memory[77 * 4096 + 5] ^= 1;
    pair.finish();
    expect(pair.source.statistics().reason).toContain("page 77 here is not the source's");
    expect(pair.running()).toEqual([true, false]);
    expect(pair.equalsTwin(0)).toBe(true);
    expect(pair.vmms[1].freeFrames).toBe(pair.vmms[1].totalFrames);
  });

  it('counts nothing as sent again, and says so when the other end does not know it', () => {
    const plain = new FakePair(VERIFYING).start('stop-and-copy').finish();
    expect(plain.source.statistics().pagesResent).toBe(0);
    const old = new FakePair(VERIFYING);
    old.tamper = atMost(3);
    old.start('stop-and-copy').finish();
    expectMoved(old);
    expect(typesSent(old)).not.toContain('verify');
    const decisions = old.kinds('decision').map((event) => ('action' in event ? event.action : ''));
    expect(decisions).toContain('not verified');
  });
});
