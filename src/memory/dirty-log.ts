/**
 * Which pages were written since the log was last read. Few pages are kept as a list in the order
 * of their first writes, many are found through a two-level bitmap, so that reading costs what the
 * dirty pages cost, whatever the size of memory. Both VMMs' logs are front ends of this.
 */
import { assert } from '../base/assert.ts';

export class DirtyLog {
  readonly pages: number;
  private readonly bits: Uint32Array;
  /** One bit for each word of `bits` that is not zero. */
  private readonly summary: Uint32Array;
  /** First writes in order; it stops growing at the count where the bitmap reads faster. */
  private readonly list: Uint32Array;
  private marked = 0;

  constructor(pages: number) {
    this.pages = pages;
    this.bits = new Uint32Array(Math.ceil(pages / 32));
    this.summary = new Uint32Array(Math.ceil(this.bits.length / 32));
    this.list = new Uint32Array(this.summary.length);
  }

  get count(): number {
    return this.marked;
  }

  has(gfn: number): boolean {
    return ((this.bits[gfn >>> 5] ?? 0) & (1 << (gfn & 31))) !== 0;
  }

  /** True when the page was clean before. */
  mark(gfn: number): boolean {
    assert(gfn < this.pages, 'a page outside of the log');
    if (this.has(gfn)) return false;
    const word = gfn >>> 5;
    this.bits[word] = (this.bits[word] ?? 0) | (1 << (gfn & 31));
    this.summary[word >>> 5] = (this.summary[word >>> 5] ?? 0) | (1 << (word & 31));
    if (this.marked < this.list.length) this.list[this.marked] = gfn;
    this.marked += 1;
    return true;
  }

  /** The dirty pages, ascending; the log stays as it is. */
  read(): Uint32Array<ArrayBuffer> {
    if (this.marked <= this.list.length) return this.list.slice(0, this.marked).sort();
    return this.readBitmap();
  }

  /** The dirty pages, ascending; every page is clean afterwards. */
  take(): Uint32Array<ArrayBuffer> {
    const frames = this.read();
    for (const gfn of frames) {
      this.bits[gfn >>> 5] = 0;
      this.summary[gfn >>> 10] = 0;
    }
    this.marked = 0;
    return frames;
  }

  private readBitmap(): Uint32Array<ArrayBuffer> {
    const frames = new Uint32Array(this.marked);
    let count = 0;
    for (let top = 0; top < this.summary.length; top++) {
      for (let words = this.summary[top] ?? 0; words !== 0; words &= words - 1) {
        const word = top * 32 + lowestBit(words);
        for (let bits = this.bits[word] ?? 0; bits !== 0; bits &= bits - 1) {
          frames[count++] = word * 32 + lowestBit(bits);
        }
      }
    }
    return frames;
  }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
