/** The pages on their way, in the order of sending: for the rings on the link. */
export interface Flying {
  readonly gfn: number;
  readonly sentAt: number;
  /** Index into PAGE_REASONS. */
  readonly reason: number;
}

export class FlightQueue {
  private readonly sentAt: Float64Array;
  private readonly reason: Uint8Array;
  private readonly copies: Uint8Array;
  /** Senders' order; entries that have arrived meanwhile are dropped when met. */
  private order: number[] = [];
  private flying = 0;

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
    if (!this.has(gfn)) {
      this.flying += 1;
      this.order.push(gfn);
    }
    this.copies[gfn] = Math.min(255, this.copies[gfn] + 1);
    this.sentAt[gfn] = at;
    this.reason[gfn] = reason;
    if (this.order.length > 2 * this.flying + 4096) this.compact();
  }

  remove(gfn: number): void {
    const copies = this.copies[gfn];
    if (copies === 0) return;
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
    const picked: Flying[] = [];
    const count = Math.min(most, this.order.length);
    for (let i = 0; i < count; i++) {
      const gfn = this.order[Math.floor((i * this.order.length) / count)];
      picked.push({ gfn, sentAt: this.sentAt[gfn], reason: this.reason[gfn] });
    }
    return picked;
  }

  private compact(): void {
    const seen = new Set<number>();
    this.order = this.order.filter((gfn) => {
      if (!this.has(gfn) || seen.has(gfn)) return false;
      seen.add(gfn);
      return true;
    });
  }
}
