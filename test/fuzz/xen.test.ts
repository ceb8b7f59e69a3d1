import { describe, expect, it } from 'vitest';
import type { StateFormat } from '../../src/vmm/format.ts';
import { LIBXC_FORMAT, XL_FORMAT } from '../../src/vmm/xen/formats.ts';
import { FUZZ_RUNS, Mutator } from '../support/mutator.ts';
import { rawGoldens, xlGoldens } from '../support/xen-goldens.ts';

/** Refused with a code and a place inside the input, or an image that is written and read alike. */
function judge(format: StateFormat, bytes: Uint8Array): boolean {
  const result = format.read(bytes);
  if (!result.ok) {
    expect(result.error.code).toMatch(/^[a-z-]+$/);
    expect(result.error.offset ?? 0).toBeLessThanOrEqual(bytes.length);
    return false;
  }
  const { image } = result.value;
  const kept = image.pages.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  expect(kept).toBeLessThanOrEqual(bytes.length);
  const written = format.write(image);
  if (!written.ok) throw new Error(`accepted, but not written: ${written.error.message}`);
  const again = format.read(written.value.bytes);
  expect(again.ok && again.value.image.state).toEqual(image.state);
  return true;
}

describe.each([
  ['libxc streams', LIBXC_FORMAT, rawGoldens()],
  ['xl save files', XL_FORMAT, xlGoldens()],
] as const)('the reader of %s', (_what, format, goldens) => {
  it(`takes or refuses ${FUZZ_RUNS} mutants, and never breaks`, () => {
    const mutator = new Mutator(goldens, 1);
    let taken = 0;
    for (let i = 0; i < FUZZ_RUNS; i++) if (judge(format, mutator.next())) taken += 1;
    // Both happen, or the mutants would test little.
    expect(taken).toBeGreaterThan(FUZZ_RUNS / 200);
    expect(taken).toBeLessThan(FUZZ_RUNS / 2);
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 3_600_000);

  it('takes no golden cut off anywhere', () => {
    for (const { bytes } of goldens) {
      for (let length = 0; length < bytes.length; length += length < 600 ? 1 : 97) {
        expect(judge(format, bytes.slice(0, length))).toBe(false);
      }
    }
  });
});
