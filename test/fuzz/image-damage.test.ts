/** Not a sample: every truncation and every single flipped bit of three golden images. */
import { describe, expect, it } from 'vitest';
import { decodeImageFile, encodeImageFile, imageParts } from '../../src/image/codec.ts';
import { digestOf } from '../../src/trace/hash.ts';
import { sealed } from '../support/common-goldens.ts';
import { GOLDEN_IMAGES } from '../support/golden-images.ts';

const KIB = 1024;

/** Undefined: refused, with a code and a place inside it. Else the digest of the VM in it. */
function vmDigest(bytes: Uint8Array): string | undefined {
  const result = decodeImageFile(bytes);
  if (result.ok) return digestOf(encodeImageFile(result.value));
  const { code, offset } = result.error;
  if (!/^[a-z-]+$/.test(code) || offset < 0 || offset > bytes.length)
    throw new Error(`refused without a code or a place: ${JSON.stringify(result.error)}`);
  return undefined;
}

/** Each bit in turn flipped in one and the same copy. */
function* flips(
  golden: Uint8Array,
): Generator<readonly [bit: number, damaged: Uint8Array<ArrayBuffer>]> {
  const damaged = Uint8Array.from(golden);
  for (let bit = 0; bit < golden.length * 8; bit++) {
    const at = bit >> 3;
    damaged[at] = (golden[at] ?? 0) ^ (1 << (bit & 7));
    yield [bit, damaged];
    damaged[at] = golden[at] ?? 0;
  }
}

describe.each(GOLDEN_IMAGES)('the golden image $name', ({ bytes, digest }) => {
  it('is small, and the one that it was', () => {
    expect(bytes.length).toBeLessThanOrEqual(64 * KIB);
    expect(digestOf(bytes)).toBe(digest);
    expect(vmDigest(bytes)).toBe(digest);
  });

  it('is refused cut off anywhere', () => {
    const taken = Array.from(bytes.keys()).filter(
      (length) => vmDigest(bytes.subarray(0, length)) !== undefined,
    );
    expect(taken).toEqual([]);
  });

  it('is refused cut off anywhere, with a header that says so', () => {
    const taken = Array.from(bytes.keys()).filter(
      (length) => vmDigest(sealed(bytes.slice(0, length))) !== undefined,
    );
    expect(taken).toEqual([]);
  });

  it('is refused with any one bit flipped', () => {
    let tried = 0;
    const taken: number[] = [];
    for (const [bit, damaged] of flips(bytes)) {
      tried += 1;
      if (vmDigest(damaged) !== undefined) taken.push(bit);
    }
    expect(tried).toBe(bytes.length * 8);
    expect(taken).toEqual([]);
  });
});

describe('a bit flipped under checksums that are right', () => {
  const [, { bytes, digest }] = GOLDEN_IMAGES;

  it('is refused, or makes another VM', () => {
    const verdicts = { refused: 0, another: 0, mended: 0 };
    for (const [bit, damaged] of flips(bytes)) {
      const image = sealed(damaged.slice());
      const found = vmDigest(image);
      if (found === undefined) verdicts.refused += 1;
      else if (found !== digest) verdicts.another += 1;
      // A checksum or the image's length, which sealing sets right again.
      else if (Buffer.compare(image, bytes) === 0) verdicts.mended += 1;
      else expect.fail(`bit ${bit} says nothing about the VM`);
    }
    const sums = 4 * imageParts(bytes).length;
    expect(verdicts).toMatchObject({ mended: 8 * (sums + 8) });
    expect(Math.min(verdicts.refused, verdicts.another)).toBeGreaterThan(500);
  });
});
