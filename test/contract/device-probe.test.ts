/** The devices against those of a real QEMU: the same port accesses, the same answers. */
import { describe, expect, it } from 'vitest';
import { replay } from '../support/device-probe/accesses.ts';
import { runInQemu, whatIsMissing } from '../support/device-probe/run-in-qemu.ts';
import { SEQUENCES } from '../support/device-probe/sequences.ts';

const missing = whatIsMissing();
const why = missing === undefined ? '' : ` (skipped: ${missing} is missing)`;

describe.skipIf(missing !== undefined)(`the devices and those of QEMU's isapc${why}`, () => {
  // One machine, one sequence after the other: each starts from what the one before left.
  const accesses = SEQUENCES.flatMap((sequence) => sequence.accesses);
  const theirs = missing === undefined ? runInQemu(accesses) : [];
  const ours = missing === undefined ? replay(accesses) : [];
  let start = 0;
  for (const sequence of SEQUENCES) {
    const reads = sequence.accesses.filter(({ kind }) => kind !== 'out').length;
    const [from, to] = [start, start + reads];
    start = to;
    it(`${sequence.name}: ${reads} answers alike`, () => {
      expect(reads).toBeGreaterThan(0);
      expect(ours.slice(from, to)).toEqual(theirs.slice(from, to));
    });
  }

  it('gives an answer for every access of the list', () => {
    expect(theirs.length).toBe(start);
    expect(ours.length).toBe(start);
  });
});
