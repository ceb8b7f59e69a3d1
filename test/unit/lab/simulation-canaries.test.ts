import { describe, expect, it } from 'vitest';
import { CANARIES, findCanary } from '../../../src/lab/simulation/canaries/canaries.ts';
import { JUDGED } from '../../../src/lab/simulation/checker/checker.ts';
import { runSeed } from '../../../src/lab/simulation/seed.ts';
import { guestImage } from '../../support/labs.ts';

const MOST_SEEDS = 100;

/** Seeds with what the bug needs, a guest with devices or a brake, are rare: the search may begin just before one. */
function invariantBroken(name: string, from: number): string | undefined {
  const plant = findCanary(name)?.make;
  for (let seed = from; seed < from + MOST_SEEDS; seed++) {
    const verdict = runSeed(seed, { guests: guestImage, plant, shrink: false });
    if (!verdict.ok) throw new Error(verdict.error);
    if (verdict.value.failure !== undefined) return verdict.value.failure.breach.id;
  }
  return undefined;
}

describe('a planted bug', () => {
  it.each([
    ['lost-dirty-page', 'S6', 1],
    ['stale-page', 'S3', 1],
    ['never-resumed', 'S1', 1],
    ['copy-not-freed', 'S17', 1],
    ['pages-replayed', 'S5', 1],
    ['throttle-left-on', 'S9', 1],
    ['card-swaps-words', 'S11', 25],
    ['pause-counts-as-time', 'S14', 25],
    ['mark-left-out', 'S18', 8],
    ['channel-swaps', 'S18', 9],
    ['hand-forgotten', 'S2', 62],
  ])(
    'is found by the invariant it breaks: %s by %s, from seed %i on',
    (name, invariant, from) => {
      expect(invariantBroken(name, from)).toBe(invariant);
    },
    60_000,
  );

  it('has a name of its own and says what it is', () => {
    expect(CANARIES.length).toBeGreaterThanOrEqual(30);
    expect(new Set(CANARIES.map(({ name }) => name)).size).toBe(CANARIES.length);
    expect(CANARIES.filter(({ what }) => what.length < 20)).toEqual([]);
    // What the engine's own assertions find is found too.
    const known = [...JUDGED, 'assertion'];
    for (const { name, breaks } of CANARIES) {
      expect(breaks, name).not.toEqual([]);
      expect(breaks.filter((id) => !known.includes(id))).toEqual([]);
    }
  });
});
