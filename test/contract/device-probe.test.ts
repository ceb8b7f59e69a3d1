/** The devices against those of a real QEMU: the same port accesses, the same answers. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Access, replay } from '../support/device-probe/accesses.ts';
import { TIMING_CASES, timingAccesses, timingSamples } from '../support/device-probe/pit-timing.ts';
import { runInQemu, whatIsMissing } from '../support/device-probe/run-in-qemu.ts';
import { SEQUENCES } from '../support/device-probe/sequences.ts';

const missing = whatIsMissing();
const why = missing === undefined ? '' : ` (skipped: ${missing} is missing)`;

/** One machine runs everything: each list starts from what the one before left. */
const LISTS: readonly (readonly Access[])[] = [
  ...SEQUENCES.map(({ accesses }) => accesses),
  ...TIMING_CASES.map(timingAccesses),
];
const answersTo = (list: readonly Access[]) => list.filter(({ kind }) => kind !== 'out').length;

/** The answers cut into those of each list. */
function perList(answers: readonly number[]): number[][] {
  let start = 0;
  return LISTS.map((list) => {
    const from = start;
    start += answersTo(list);
    return answers.slice(from, start);
  });
}

describe.skipIf(missing !== undefined)(`the devices and those of QEMU's isapc${why}`, () => {
  let theirs: number[][] = [];
  let ours: number[][] = [];

  beforeAll(() => {
    theirs = perList(runInQemu(LISTS.flat()));
    ours = perList(replay(LISTS.flat()));
  }, 120_000);

  it.each(SEQUENCES.map(({ name }, i) => ({ name, i })))('answer alike: $name', ({ i }) => {
    expect(theirs[i]?.length).toBe(answersTo(LISTS[i] ?? []));
    expect(theirs[i]?.length).toBeGreaterThan(0);
    expect(ours[i]).toEqual(theirs[i]);
  });

  it.each(TIMING_CASES.map((timing, i) => ({ ...timing, i })))(
    'count time alike in mode $mode with a period of $count',
    ({ i, ...timing }) => {
      const samples = timingSamples(timing, theirs[SEQUENCES.length + i] ?? []);
      const wrap = timing.mode === 0 ? 0x1_0000 : timing.count;
      const distances = samples.map((sample) => {
        const apart = Math.abs(sample.ours - sample.theirs);
        return Math.min(apart, wrap - apart);
      });
      expect(new Set(samples.map((sample) => sample.theirs)).size).toBeGreaterThan(30);
      // The moment is taken a few instructions before the access; mode 3 counts by twos.
      expect(Math.max(...distances)).toBeLessThanOrEqual(timing.mode === 3 ? 4 : 2);
    },
  );
});
