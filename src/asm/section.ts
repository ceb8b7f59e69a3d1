/** A section while it is filled: bytes, or for .bss only a size. */
import { MAX_IMAGE, MAX_MEMORY } from './limits.ts';
import { refuse } from './problem.ts';
import { type Value, wrap } from './value.ts';

/** What NASM aligns sections to when they say nothing. */
const USUAL_ALIGNMENT = 4;

export class Section {
  readonly name: string;
  readonly isReserved: boolean;
  size = 0;
  alignment: number;
  private buffer = new Uint8Array(1024);

  constructor(name: string) {
    this.name = name;
    this.isReserved = name === '.bss';
    this.alignment = name === '.text' ? 1 : USUAL_ALIGNMENT;
  }

  /** The address so many bytes from the section's beginning. */
  at(offset: number): Value {
    const terms = [{ of: this.name, count: 1n }];
    return { scalar: wrap(BigInt(offset)), terms, unknown: false };
  }

  /** Refuses what would be too large before any of it is there. */
  makeRoom(bytes: number, column: number): void {
    const limit = this.isReserved ? MAX_MEMORY : MAX_IMAGE;
    if (this.size + bytes <= limit) return;
    refuse(
      column,
      'the program is too large',
      `section ${this.name} would have ${this.size + bytes} bytes, and at most ${limit} can be had`,
      this.isReserved
        ? 'reserve less'
        : 'write less; space that begins as zero belongs into .bss, with resb',
    );
  }

  append(bytes: ArrayLike<number>, column: number): void {
    this.makeRoom(bytes.length, column);
    if (this.isReserved && bytes.length > 0)
      refuse(
        column,
        'section .bss holds no bytes',
        'it is space that begins as zero and is not in the file',
        'put code into .text and data into .data, or reserve with resb, resw or resd',
      );
    this.grow(this.size + bytes.length);
    this.buffer.set(bytes, this.size);
    this.size += bytes.length;
  }

  reserve(bytes: number, column: number): void {
    this.makeRoom(bytes, column);
    if (!this.isReserved) this.grow(this.size + bytes);
    this.size += bytes;
  }

  bytes(from = 0, to = this.size): Uint8Array<ArrayBuffer> {
    return this.isReserved ? new Uint8Array(0) : this.buffer.slice(from, to);
  }

  private grow(size: number): void {
    if (size <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(size, 2 * this.buffer.length));
    larger.set(this.buffer.subarray(0, this.size));
    this.buffer = larger;
  }
}

/** .text first, then what has bytes in the order of its first line, then .bss; as NASM's flat files. */
export function placeSections(
  sections: Iterable<Section>,
  origin: number,
): ReadonlyMap<string, number> {
  const rank = ({ name, isReserved }: Section) => (name === '.text' ? 0 : isReserved ? 2 : 1);
  const addresses = new Map<string, number>();
  let end = origin;
  for (const section of [...sections].sort((a, b) => rank(a) - rank(b))) {
    // Alignment counts from the origin of nothing: addresses are what is aligned.
    const start = section.name === '.text' ? origin : alignUp(end, section.alignment);
    addresses.set(section.name, start);
    end = start + section.size;
  }
  return addresses;
}

export const alignUp = (address: number, alignment: number): number =>
  Math.ceil(address / alignment) * alignment;
