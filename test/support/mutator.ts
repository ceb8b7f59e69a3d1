/**
 * A seeded mutator that knows where a file's numbers and parts are: most of its mutants get past the
 * first check and reach code further in. It damages, repeats, drops, swaps and transplants.
 */
import { Prng } from '../../src/base/prng.ts';

/** A number that a reader acts on: a length, count, type, offset or flag. */
export interface NumberAt {
  readonly at: number;
  readonly bytes: 1 | 2 | 4 | 8;
}

export interface Golden {
  readonly bytes: Uint8Array;
  readonly numbers: readonly NumberAt[];
  /** First bytes of its parts, ascending; a part reaches to the next. */
  readonly parts: readonly number[];
}

/** A text whose parts begin behind these letters; every letter counts as a number. */
export function textGolden(text: string, ends: RegExp): Golden {
  const bytes = new TextEncoder().encode(text);
  const numbers = Array.from(bytes, (_, at) => ({ at, bytes: 1 as const }));
  return { bytes, numbers, parts: [0, ...[...text.matchAll(ends)].map(({ index }) => index)] };
}

const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff] as const;

export class Mutator {
  private readonly goldens: readonly Golden[];
  private readonly prng: Prng;

  constructor(goldens: readonly Golden[], seed: number) {
    this.goldens = goldens;
    this.prng = Prng.stream(seed, 'mutator');
  }

  next(): Uint8Array<ArrayBuffer> {
    const golden = this.pick(this.goldens);
    let bytes = Uint8Array.from(golden.bytes);
    const count = 1 + this.below(3);
    for (let i = 0; i < count; i++) bytes = this.mutate(bytes, golden);
    return bytes;
  }

  private mutate(bytes: Uint8Array<ArrayBuffer>, golden: Golden): Uint8Array<ArrayBuffer> {
    switch (this.below(8)) {
      case 0:
        return this.flipBit(bytes);
      case 1:
        return this.put(bytes, this.below(bytes.length + 1), this.pick(BYTES));
      case 2:
      case 3:
      case 4:
        return this.changeNumber(bytes, golden);
      case 5:
        return bytes.slice(0, this.below(bytes.length + 1));
      default:
        return this.movePart(bytes, golden);
    }
  }

  private flipBit(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const at = this.below(bytes.length + 1);
    return this.put(bytes, at, (bytes[at] ?? 0) ^ (1 << this.below(8)));
  }

  private put(bytes: Uint8Array<ArrayBuffer>, at: number, value: number): typeof bytes {
    if (at < bytes.length) bytes[at] = value;
    return bytes;
  }

  /** To the edges of its range, to its neighbours, or to another one's value. */
  private changeNumber(bytes: Uint8Array<ArrayBuffer>, golden: Golden): typeof bytes {
    const { at, bytes: width } = this.pick(golden.numbers);
    if (at + width > bytes.length) return bytes;
    const end = this.below(3);
    const other = this.pick(golden.numbers);
    for (let i = 0; i < width; i++) {
      const old = bytes[at + i] ?? 0;
      // The first byte is the low one in little-endian numbers, the high one in others.
      if (end === 0) bytes[at + i] = i === 0 ? (old + this.pick([1, 8, 255, 248])) & 0xff : old;
      else if (end === 1) bytes[at + i] = this.pick(BYTES);
      else bytes[at + i] = golden.bytes[other.at + (i % other.bytes)] ?? 0;
    }
    return bytes;
  }

  /** Drops a part, repeats it, or puts one of another golden in its place or behind it. */
  private movePart(bytes: Uint8Array<ArrayBuffer>, golden: Golden): typeof bytes {
    const [start, end] = this.partOf(golden);
    if (end > bytes.length) return bytes;
    const donor = this.pick(this.goldens);
    const [from, to] = this.partOf(donor);
    const own = bytes.subarray(start, end);
    const middle = this.pick([
      [],
      [own, own],
      [donor.bytes.subarray(from, to)],
      [own, donor.bytes.subarray(from, to)],
      [donor.bytes.subarray(from, to), own],
    ]);
    return concat([bytes.subarray(0, start), ...middle, bytes.subarray(end)]);
  }

  private partOf({ parts, bytes }: Golden): [number, number] {
    const index = this.below(parts.length);
    return [parts[index] ?? 0, parts[index + 1] ?? bytes.length];
  }

  private pick<T>(list: readonly T[]): T {
    const value = list[this.below(list.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  private below(limit: number): number {
    return this.prng.below(limit);
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Mutants per parser: few in a normal run; FUZZ_RUNS=100000 for a long one. */
export const FUZZ_RUNS = Number(process.env.FUZZ_RUNS ?? 1_000);
