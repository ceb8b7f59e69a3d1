/**
 * How much virtual time to ask for at once. A request must come back soon enough that whatever the
 * visitor does next need not wait for it, so the longest request follows what the last ones took.
 */
import type { Speed } from './speed.ts';

/** Wall time one request may take. */
const REQUEST_MS = 40;
const SMALLEST_NS = 1_000;
const LARGEST_NS = 250_000_000;
/** A pause of the page (hidden tab, debugger) is not made up for. */
const LONGEST_GAP_MS = 200;

export class Pacer {
  private limitNs = 1_000_000;

  /** Virtual nanoseconds to run, `elapsedMs` of watching after the last request was made. */
  next(elapsedMs: number, { factor }: Speed): number {
    if (factor === undefined) return Math.round(this.limitNs);
    const due = Math.min(elapsedMs, LONGEST_GAP_MS) * 1e6 * factor;
    return Math.round(Math.max(1, Math.min(due, this.limitNs)));
  }

  /** A request for `ns` took `wallMs`. */
  learn(ns: number, wallMs: number): void {
    const fits = (ns * REQUEST_MS) / Math.max(wallMs, 1);
    // Short requests say little about long ones: grow step by step, shrink at once.
    const wanted = Math.min(fits, this.limitNs * 1.5);
    this.limitNs = Math.min(LARGEST_NS, Math.max(SMALLEST_NS, wanted));
  }
}
