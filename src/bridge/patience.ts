/**
 * How long a worker may be silent before it counts as dead. A busy machine is slow, not dead: what the
 * worker's answers took of late is the measure, as round trips are of a retransmission timeout (RFC 6298
 * §2), so that a second is enough on an idle machine, and a starved worker has more.
 */
const TIMES = 4;
/** An answer's time counts half as much so much later. */
const HALF_LIFE_MS = 2000;
const MOST_MS = 15_000;

export class Patience {
  private readonly leastMs: number;
  private slowestMs = 0;
  private heardAt = 0;

  constructor(leastMs: number) {
    this.leastMs = leastMs;
  }

  /** An answer came at `now` (wall clock in milliseconds) that had taken `tookMs`. */
  heard(now: number, tookMs: number): void {
    this.slowestMs = Math.max(tookMs, this.remembered(now));
    this.heardAt = now;
  }

  /** What may pass from `now` on. */
  limitMs(now: number): number {
    return Math.min(MOST_MS, Math.max(this.leastMs, TIMES * this.remembered(now)));
  }

  private remembered(now: number): number {
    return this.slowestMs * 0.5 ** ((now - this.heardAt) / HALF_LIFE_MS);
  }
}
