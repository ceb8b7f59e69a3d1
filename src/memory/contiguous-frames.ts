/** Free machine frames as ascending stretches: whole memory slots come out of them, first fit. */
import { assert } from '../base/assert.ts';

export interface FrameStretch {
  readonly first: number;
  readonly count: number;
}

export class ContiguousFrames {
  /** Ascending, never touching one another. */
  private stretches: FrameStretch[];

  constructor(first: number, end: number) {
    assert(first >= 0 && first <= end, 'frames must form a range');
    this.stretches = first < end ? [{ first, count: end - first }] : [];
  }

  get free(): number {
    return this.stretches.reduce((sum, stretch) => sum + stretch.count, 0);
  }

  /** First frame of a stretch of `count`, or undefined when no stretch is long enough. */
  take(count: number): number | undefined {
    const at = this.stretches.findIndex((stretch) => stretch.count >= count);
    const found = this.stretches[at];
    if (found === undefined) return undefined;
    const rest = { first: found.first + count, count: found.count - count };
    this.stretches.splice(at, 1, ...(rest.count > 0 ? [rest] : []));
    return found.first;
  }

  give(first: number, count: number): void {
    const at = this.stretches.findIndex((stretch) => stretch.first > first);
    const place = at < 0 ? this.stretches.length : at;
    const before = this.stretches[place - 1];
    const next = this.stretches[place];
    assert(before === undefined || before.first + before.count <= first, 'frames given back twice');
    assert(next === undefined || first + count <= next.first, 'frames given back twice');
    const joinsBefore = before !== undefined && before.first + before.count === first;
    const joinsNext = next !== undefined && first + count === next.first;
    const joined = {
      first: joinsBefore ? before.first : first,
      count: count + (joinsBefore ? before.count : 0) + (joinsNext ? next.count : 0),
    };
    const start = joinsBefore ? place - 1 : place;
    this.stretches.splice(start, Number(joinsBefore) + Number(joinsNext), joined);
  }

  save(): readonly FrameStretch[] {
    return [...this.stretches];
  }

  restore(stretches: readonly FrameStretch[]): void {
    this.stretches = [...stretches];
  }
}
