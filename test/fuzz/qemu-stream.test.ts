/** Damaged streams of QEMU: refused with a code, or a valid VM; never anything else. */
import { describe, expect, it } from 'vitest';
import { encodeImageFile } from '../../src/image/codec.ts';
import { QEMU_FORMAT } from '../../src/vmm/kvm/qemu-stream/format.ts';
import { FUZZ_RUNS, Mutator } from '../support/mutator.ts';
import { QEMU_GOLDENS } from '../support/qemu-goldens.ts';

/** True: taken, and then a valid image no larger than what was read. */
function judge(bytes: Uint8Array): boolean {
  const result = QEMU_FORMAT.read(bytes);
  if (!result.ok) {
    expect(result.error.code).toMatch(/^[a-z-]+$/);
    expect(result.error.offset ?? 0).toBeLessThanOrEqual(bytes.length);
    return false;
  }
  const { image } = result.value;
  const kept = image.pages.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  expect(kept).toBeLessThanOrEqual(bytes.length);
  encodeImageFile(image);
  return true;
}

describe('the reader of QEMU’s streams', () => {
  it(`takes or refuses ${FUZZ_RUNS} mutants, and never breaks`, () => {
    const mutator = new Mutator(QEMU_GOLDENS, 1);
    let taken = 0;
    for (let i = 0; i < FUZZ_RUNS; i++) if (judge(mutator.next())) taken += 1;
    // Both happen, or the mutants would test little. The stream has no checksums.
    expect(taken).toBeGreaterThan(FUZZ_RUNS / 200);
    expect(taken).toBeLessThan(FUZZ_RUNS * 0.8);
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 3_600_000);
});
