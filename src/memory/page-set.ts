/** A set of guest frames as a bitmap that knows its size. */
import { assert } from '../base/assert.ts';

export class PageSet {
  readonly pages: number;
  private readonly bits: Uint8Array;
  private members = 0;

  constructor(pages: number) {
    this.pages = pages;
    this.bits = new Uint8Array(Math.ceil(pages / 8));
  }

  get size(): number {
    return this.members;
  }

  has(gfn: number): boolean {
    return ((this.bits[gfn >>> 3] ?? 0) & (1 << (gfn & 7))) !== 0;
  }

  /** True when it was not in the set. */
  add(gfn: number): boolean {
    assert(gfn < this.pages, 'a page outside of the set');
    if (this.has(gfn)) return false;
    this.bits[gfn >>> 3] = (this.bits[gfn >>> 3] ?? 0) | (1 << (gfn & 7));
    this.members += 1;
    return true;
  }

  /** True when it was in the set. */
  delete(gfn: number): boolean {
    if (!this.has(gfn)) return false;
    this.bits[gfn >>> 3] = (this.bits[gfn >>> 3] ?? 0) & ~(1 << (gfn & 7));
    this.members -= 1;
    return true;
  }

  /** Ascending. */
  toArray(): number[] {
    const frames: number[] = [];
    for (let gfn = 0; gfn < this.pages && frames.length < this.members; gfn++) {
      if (this.has(gfn)) frames.push(gfn);
    }
    return frames;
  }
}
