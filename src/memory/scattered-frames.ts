/**
 * Free machine frames in random order: a guest's neighbours in guest memory are strangers in
 * machine memory, so that code which confuses the two frame numbers fails at once.
 */
import { assert } from '../base/assert.ts';
import type { Prng } from '../base/prng.ts';

export class ScatteredFrames {
  /** Used as a stack. */
  private list: number[] = [];
  private readonly isFree: Uint8Array;

  /** Owns the frames `first` up to `end`, shuffled by `prng`. */
  constructor(first: number, end: number, prng: Prng) {
    assert(first >= 0 && first <= end, 'frames must form a range');
    this.isFree = new Uint8Array(end);
    for (let frame = first; frame < end; frame++) this.list.push(frame);
    prng.shuffle(this.list);
    this.isFree.fill(1, first);
  }

  get free(): number {
    return this.list.length;
  }

  /** All or nothing. */
  take(count: number): number[] | undefined {
    if (count > this.list.length) return undefined;
    const taken = this.list.splice(this.list.length - count, count).reverse();
    for (const frame of taken) this.isFree[frame] = 0;
    return taken;
  }

  give(frames: Iterable<number>): void {
    for (const frame of frames) {
      assert(this.isFree[frame] === 0, `frame ${frame} is given back twice or not ours`);
      this.isFree[frame] = 1;
      this.list.push(frame);
    }
  }

  /** The free frames in the order in which they would be taken last to first. */
  save(): readonly number[] {
    return [...this.list];
  }

  restore(list: readonly number[]): void {
    this.list = [...list];
    this.isFree.fill(0);
    for (const frame of list) this.isFree[frame] = 1;
  }
}
