/** The pages on their way, in the order of sending: for the rings on the link. */
export interface Flying {
  readonly gfn: number;
  readonly sentAt: number;
  /** Index into PAGE_REASONS. */
  readonly reason: number;
  /** Place among the pages handed over at the same moment, 0 for the first, below 1 for the last. */
  readonly place: number;
}

export class FlightQueue {
  /** What the last arrival took from the sender's hand to the receiver's memory, in nanoseconds. */
  transitNs = 0;
  /** Time between the last two batches. */
  batchNs = 0;

  private readonly sentAt: Float64Array;
  private readonly reason: Uint8Array;
  private readonly copies: Uint8Array;
  /** In the order of sending; what has arrived meanwhile is dropped when met. */
  private order: number[] = [];
  private flying = 0;
  private lastBatchAt = 0;

  constructor(pages: number) {
    this.sentAt = new Float64Array(pages);
    this.reason = new Uint8Array(pages);
    this.copies = new Uint8Array(pages);
  }

  get size(): number {
    return this.flying;
  }

  has(gfn: number): boolean {
    return this.copies[gfn] !== 0;
  }

  push(gfn: number, at: number, reason: number): void {
    if (!this.has(gfn)) this.flying += 1;
    this.order.push(gfn);
    this.copies[gfn] = Math.min(255, this.copies[gfn] + 1);
    this.sentAt[gfn] = at;
    this.reason[gfn] = reason;
    if (at !== this.lastBatchAt) {
      this.batchNs = at - this.lastBatchAt;
      this.lastBatchAt = at;
    }
    if (this.order.length > 2 * this.flying + 4096) this.compact();
  }

  remove(gfn: number, at: number): void {
    const copies = this.copies[gfn];
    if (copies === 0) return;
    this.transitNs = at - this.sentAt[gfn];
    this.copies[gfn] = copies - 1;
    if (copies === 1) this.flying -= 1;
  }

  clear(): void {
    this.copies.fill(0);
    this.order = [];
    this.flying = 0;
  }

  /** At most `most` of the pages on their way, evenly taken, oldest first. */
  sample(most: number): Flying[] {
    this.compact();
    const every = Math.max(1, Math.ceil(this.order.length / most));
    const picked: Flying[] = [];
    for (let from = 0; from < this.order.length; ) {
      const sentAt = this.sentAt[this.order[from]];
      let to = from + 1;
      while (to < this.order.length && this.sentAt[this.order[to]] === sentAt) to += 1;
      for (let i = from; i < to; i++) {
        const gfn = this.order[i];
        // By page, not by rank: a page that is drawn stays drawn until it arrives.
        if (gfn % every !== 0) continue;
        picked.push({ gfn, sentAt, reason: this.reason[gfn], place: (i - from) / (to - from) });
      }
      from = to;
    }
    return picked;
  }

  private compact(): void {
    const seen = new Set<number>();
    const newestFirst = this.order.reverse().filter((gfn) => {
      if (!this.has(gfn) || seen.has(gfn)) return false;
      seen.add(gfn);
      return true;
    });
    this.order = newestFirst.reverse();
  }
}
