/** Damaged streams of QEMU: refused with a code, or a valid VM; never anything else. */
import { describe, expect, it } from 'vitest';
import { encodeImageFile } from '../../src/image/codec.ts';
import type { QemuMachine } from '../../src/vmm/format.ts';
import { QEMU_FORMAT } from '../../src/vmm/kvm/qemu-stream/format.ts';
import { FUZZ_RUNS, type Golden, Mutator, type NumberAt } from '../support/mutator.ts';
import { loaded, streamOf } from '../unit/vmm/qemu-stream/small-stream.ts';

const HEAD: readonly NumberAt[] = [
  { at: 0, bytes: 4 },
  { at: 4, bytes: 4 },
  { at: 8, bytes: 1 },
  { at: 9, bytes: 4 },
];

/** Every word near the start of a section: mark, id, name, instance, version, first fields. */
function numbersOf(offset: number, length: number): NumberAt[] {
  const reach = Math.min(length, 64);
  const bytes = Array.from({ length: reach }, (_, i): NumberAt => ({ at: offset + i, bytes: 1 }));
  const words = Array.from(
    { length: Math.max(0, reach - 4) },
    (_, i): NumberAt => ({
      at: offset + i,
      bytes: 4,
    }),
  );
  return [...bytes, ...words];
}

function golden(machine: QemuMachine): Golden {
  const bytes = streamOf(undefined, machine);
  const { parts } = loaded(bytes);
  return {
    bytes,
    numbers: [...HEAD, ...parts.flatMap((part) => numbersOf(part.offset, part.bytes))],
    parts: [0, ...parts.map(({ offset }) => offset)],
  };
}
const GOLDENS = [golden('none'), golden('isapc')];

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
    const mutator = new Mutator(GOLDENS, 1);
    let taken = 0;
    for (let i = 0; i < FUZZ_RUNS; i++) if (judge(mutator.next())) taken += 1;
    // Both happen, or the mutants would test little. The stream has no checksums.
    expect(taken).toBeGreaterThan(FUZZ_RUNS / 200);
    expect(taken).toBeLessThan(FUZZ_RUNS * 0.8);
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 3_600_000);
});
