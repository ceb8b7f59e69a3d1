/** Links that clog and clear, partitions that never heal, and a source that dies when all is done. */
import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/base/prng.ts';
import { milliseconds } from '../../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { FakePair, type PairOptions } from '../../support/fake-pair.ts';

/** A slow guest: silence lasts long, and nothing here needs many instructions. */
const SLOW: Partial<PairOptions> = {
  pages: 48,
  instruction: milliseconds(4),
  script: (n) => (n * 7) % 20,
  bitsPerSecond: 20_000_000,
  settings: {
    downtimeLimit: milliseconds(50),
    thresholdPages: 8,
    recoverAfter: milliseconds(300),
  },
};
const OVER = ['completed', 'failed', 'cancelled'];

/** Messages of either side are lost while the side is clogged. */
function clogging(pair: FakePair, clogged: (side: number) => boolean): FakePair {
  pair.tamper = (bytes, from) => (clogged(from) ? [] : [bytes]);
  return pair;
}

/** Until the source rests; at no moment do two run. */
function untilRest(pair: FakePair, rest: readonly string[]): FakePair {
  return pair.runUntil(({ source }) => {
    expect(pair.running()).not.toEqual([true, true]);
    return rest.includes(source.phase);
  });
}

/** FoundationDB's swizzle: each side of the link clogs in its turn, and they clear in another order. */
function swizzle(seed: number): (now: number, side: number) => boolean {
  const prng = Prng.stream(seed, 'swizzle');
  const begin = [0, 1].map(() => prng.below(60) * 1e6);
  const end = begin.map((at) => at + (1 + prng.below(900)) * 1e6);
  return (now, side) => now >= begin[side] && now < end[side];
}

describe.each(ALGORITHM_IDS)('by %s', (algorithm) => {
  it.each([1, 2, 3, 4])(
    'a link whose sides clog and clear in any order ends within a bound, the VM whole [case 50]: seed %i',
    (seed) => {
      const clogged = swizzle(seed);
      const pair = new FakePair(SLOW);
      clogging(pair, (side) => clogged(pair.now, side)).start(algorithm);
      untilRest(pair, OVER).runFor(3000);
      expect(pair.running().filter((runs) => runs)).toHaveLength(1);
      expect(pair.equalsTwin(pair.running().indexOf(true))).toBe(true);
    },
  );

  it.each([
    ['to the destination', 0],
    ['to the source', 1],
  ] as const)(
    'a partition %s that never heals ends by time-out, at whatever message it begins [case 51]',
    (_, side) => {
      let reached = true;
      for (let cut = 3; reached; cut += 11) {
        const pair = new FakePair({
          ...SLOW,
          settings: { ...SLOW.settings, recoverAfter: undefined },
        });
        let sent = 0;
        reached = false;
        clogging(pair, (from) => {
          if (from === side) sent += 1;
          reached ||= sent >= cut;
          return reached && from === side;
        }).start(algorithm);
        untilRest(pair, [...OVER, 'in-doubt', 'postcopy-paused']).runFor(3000);
        expect(pair.running()).not.toEqual([true, true]);
        const owner = pair.running().indexOf(true);
        if (pair.source.phase === 'failed') expect(owner).toBe(0);
        if (owner >= 0) expect(pair.equalsTwin(owner)).toBe(true);
        expect(cut).toBeLessThan(400);
      }
    },
  );

  it('a source that dies when it has heard the last word leaves the VM unharmed [case 32]', () => {
    const pair = new FakePair(SLOW).start(algorithm);
    untilRest(pair, ['completed']);
    pair.linkUp = false;
    pair.runFor(3000);
    expect(pair.running()).toEqual([false, true]);
    expect([pair.source.status, pair.destination.status]).toEqual(['completed', 'completed']);
    expect(pair.equalsTwin(1)).toBe(true);
  });
});
