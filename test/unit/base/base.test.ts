import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, DecodeError } from '../../../src/base/bytes.ts';
import { crc32 } from '../../../src/base/crc32.ts';
import { toHex } from '../../../src/base/hex.ts';
import { Prng } from '../../../src/base/prng.ts';
import { transmissionTime } from '../../../src/base/units.ts';

describe('crc32', () => {
  it('gives the check value of the catalogue for "123456789"', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('goes on where it stopped', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(crc32(b, crc32(a))).toBe(crc32(Uint8Array.from([...a, ...b])));
      }),
    );
  });
});

describe('a byte reader', () => {
  it('reads back what a writer wrote, in either order of bytes', () => {
    for (const endian of ['little', 'big'] as const) {
      const written = new ByteWriter(endian)
        .u8(1)
        .u16(2)
        .u32(0xdeadbeef)
        .u64(4n)
        .text('é')
        .finish();
      const reader = new ByteReader(written, endian);
      expect([
        reader.u8('a'),
        reader.u16('b'),
        reader.u32('c'),
        reader.u64('d'),
        reader.text('e'),
      ]).toEqual([1, 2, 0xdeadbeef, 4n, 'é']);
      expect(reader.remaining).toBe(0);
    }
  });

  it('says what it wanted and where when bytes are missing', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2));
    reader.u8('first');
    expect(() => reader.u32('length')).toThrowError(
      new DecodeError('truncated', 1, 'length needs 4 bytes, 1 are left'),
    );
  });

  it('copies, so that nothing aliases its input', () => {
    const input = Uint8Array.of(1, 2, 3);
    const copy = new ByteReader(input).bytes(3, 'all');
    input[0] = 9;
    expect(toHex(copy)).toBe('010203');
  });
});

describe('a random stream', () => {
  it('is the same for the same seed and name, and another for another', () => {
    const draws = (seed: number, name: string) => {
      const prng = Prng.stream(seed, name);
      return Array.from({ length: 8 }, () => prng.u32());
    };
    expect(draws(1, 'link')).toEqual(draws(1, 'link'));
    expect(draws(1, 'link')).not.toEqual(draws(1, 'guest'));
    expect(draws(1, 'link')).not.toEqual(draws(2, 'link'));
  });

  it('goes on from its saved state', () => {
    const prng = Prng.stream(3, 'x');
    prng.u32();
    const twin = Prng.restore(prng.save());
    expect(twin.u32()).toBe(prng.u32());
  });

  it('stays below its bound and reaches all of it', () => {
    const prng = Prng.stream(4, 'x');
    const seen = new Set(Array.from({ length: 500 }, () => prng.below(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('transmission time', () => {
  it('is bits over rate, rounded up to a nanosecond', () => {
    expect(transmissionTime(125, 1000)).toBe(1e9);
    expect(transmissionTime(4096, 1e9)).toBe(32768);
    expect(transmissionTime(1, 3e9)).toBe(3);
  });
});
