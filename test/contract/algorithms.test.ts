/** What every algorithm of the pool must keep to, whichever it is. */
import { describe, expect, it } from 'vitest';
import { duration, milliseconds } from '../../src/base/units.ts';
import type {
  Algorithm,
  AlgorithmContext,
  Decision,
  Moment,
  RoundFacts,
} from '../../src/migration/algorithms/algorithm.ts';
import { ALGORITHM_IDS } from '../../src/migration/algorithms/ids.ts';
import { ALGORITHMS, findAlgorithm } from '../../src/migration/algorithms/registry.ts';
import { defaultSettings } from '../../src/migration/settings.ts';

const TOTAL = 1000;
const SETTINGS = { ...defaultSettings(100_000_000), maxRounds: 7 };

function context(
  moment: Moment,
  rounds: readonly RoundFacts[],
  pendingPages: number,
): AlgorithmContext {
  return Object.freeze({
    moment,
    settings: Object.freeze({ ...SETTINGS }),
    totalPages: TOTAL,
    pendingPages,
    workingSetPages: 40,
    rounds: Object.freeze([...rounds]),
    elapsed: milliseconds(100 * rounds.length),
    sinceRequest: milliseconds(0),
    bytesPerSecond: 10_000_000,
    expectedDowntime: milliseconds(10),
  });
}

const round = (number: number, sentPages: number, dirtiedPages: number): RoundFacts =>
  Object.freeze({
    round: number,
    sentPages,
    zeroPages: 0,
    skippedPages: 0,
    bytes: sentPages * 4096,
    duration: duration(1_000_000),
    dirtiedPages,
  });

/** Every decision of a run in which each round leaves `dirtied(n)` pages. */
function play(algorithm: Algorithm, dirtied: (round: number) => number): Decision[] {
  const decisions = [algorithm.decide(context('start', [], TOTAL))];
  if (decisions[0].action === 'sample')
    decisions.push(algorithm.decide(context('sampled', [], TOTAL)));
  const rounds: RoundFacts[] = [];
  let pending = TOTAL;
  while (decisions.at(-1)?.action === 'send-round' && rounds.length < 100) {
    const left = dirtied(rounds.length + 1);
    rounds.push(round(rounds.length + 1, pending, left));
    pending = left;
    decisions.push(algorithm.decide(context('round-ended', rounds, pending)));
  }
  if (decisions.at(-1)?.action === 'run-destination')
    decisions.push(algorithm.decide(context('handed-over', rounds, pending)));
  return decisions;
}

const GUESTS: readonly (readonly [string, (round: number) => number])[] = [
  ['an idle guest', () => 0],
  ['a guest whose rounds shrink', (n) => Math.floor(TOTAL / 3 ** n)],
  ['a guest that dirties everything', () => TOTAL],
  ['a guest just over the threshold', () => SETTINGS.thresholdPages + 1],
];

describe('the registry', () => {
  it('holds every id and nothing else, each under its own name', () => {
    expect(Object.keys(ALGORITHMS)).toEqual([...ALGORITHM_IDS]);
    expect(ALGORITHM_IDS.length).toBeGreaterThan(0);
    for (const id of ALGORITHM_IDS) expect(findAlgorithm(id)?.id).toBe(id);
    expect(findAlgorithm('constructor')).toBeUndefined();
  });
});

for (const id of ALGORITHM_IDS) {
  const algorithm: Algorithm = ALGORITHMS[id];
  describe(`algorithm ${id}`, () => {
    it('has a title and an explanation of some sentences', () => {
      expect(algorithm.title).toMatch(/^[A-Z].{3,40}$/);
      expect(algorithm.explanation.split('. ').length).toBeGreaterThan(1);
      expect(algorithm.explanation.length).toBeLessThan(500);
    });

    for (const [guest, dirtied] of GUESTS) {
      it(`ends for ${guest}, with a reason for each decision`, () => {
        const decisions = play(algorithm, dirtied);
        for (const { reason } of decisions) {
          expect(reason.length).toBeGreaterThan(20);
          expect(reason).not.toMatch(/undefined|NaN|null|Infinity/);
        }
        const rounds = decisions.filter(({ action }) => action === 'send-round');
        const end = decisions.at(-1)?.action;
        expect(['switch-over', 'abort', 'send-round', 'wait']).toContain(end);
        if (algorithm.endless !== true) expect(rounds.length).toBeLessThan(30);
      });

      it(`decides the same again for ${guest}: it keeps nothing in mind`, () => {
        expect(play(algorithm, dirtied)).toEqual(play(algorithm, dirtied));
      });
    }

    it('never waits or pushes in place of a first step', () => {
      const first = algorithm.decide(context('start', [], TOTAL)).action;
      expect(['sample', 'send-round', 'switch-over', 'run-destination', 'abort']).toContain(first);
    });
  });
}

describe('pre-copy', () => {
  const decideAfter = (rounds: readonly RoundFacts[], pending: number) =>
    ALGORITHMS['pre-copy'].decide(context('round-ended', rounds, pending));

  it('compares distinct dirtied pages with the threshold', () => {
    expect(decideAfter([round(1, 1000, 50)], 50)).toEqual({
      action: 'switch-over',
      reason: '50 pages dirtied while round 1 sent 1000: 50 left, within the threshold of 50',
    });
    expect(decideAfter([round(1, 1000, 51)], 51)).toEqual({
      action: 'send-round',
      reason:
        '51 pages dirtied while round 1 sent 1000: 51 left, over the threshold of 50, so round 2 sends them',
    });
  });

  it('says when the rounds do not shrink', () => {
    expect(decideAfter([round(1, 1000, 300), round(2, 300, 300)], 300).reason).toContain(
      'the rounds are not shrinking',
    );
  });

  it('stops at the limit of rounds', () => {
    const rounds = [1, 2, 3, 4, 5, 6, 7].map((n) => round(n, 300, 300));
    expect(decideAfter(rounds, 300)).toMatchObject({ action: 'switch-over' });
  });
});
