import { describe, expect, it } from 'vitest';
import { CANARIES, findCanary } from '../../../src/lab/simulation/canaries/canaries.ts';
import { JUDGED } from '../../../src/lab/simulation/checker/checker.ts';
import { runSeed } from '../../../src/lab/simulation/seed.ts';
import { guestImage } from '../../support/labs.ts';

const MOST_SEEDS = 100;

function invariantBroken(name: string): string | undefined {
  const plant = findCanary(name)?.make;
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const verdict = runSeed(seed, { guests: guestImage, plant, shrink: false });
    if (!verdict.ok) throw new Error(verdict.error);
    if (verdict.value.failure !== undefined) return verdict.value.failure.breach.id;
  }
  return undefined;
}

describe('a planted bug', () => {
  it.each([
    ['lost-dirty-page', 'S6'],
    ['stale-page', 'S3'],
    ['never-resumed', 'S1'],
    ['copy-not-freed', 'S17'],
    ['pages-replayed', 'S5'],
    ['throttle-left-on', 'S9'],
    ['card-swaps-words', 'S11'],
    ['pause-counts-as-time', 'S14'],
    ['mark-left-out', 'S18'],
  ])(
    'is found by the invariant it breaks: %s by %s',
    (name, invariant) => {
      expect(invariantBroken(name)).toBe(invariant);
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
