/**
 * Rings on the link when pages cross faster than an eye can follow: a sample, moving at a pace of its
 * own while pages are being sent. Each stands for as many pages as were sent since the one before.
 */
import type { PageBook } from '../trace/page-book.ts';
import type { Ring } from './train.ts';

/** Time a ring takes from end to end, and between two rings, in milliseconds of watching. */
const CROSSING_MS = 1400;
const APART_MS = 175;
/** A longer wait between two frames is not made up for. */
const LONGEST_FRAME_MS = 60;
/** Pages that take at least this long to cross are drawn where they are. */
export const FOLLOWED_MS = 500;

export class Flow {
  /** How many pages the last ring stood for. */
  pagesPerRing = 1;
  private rings: { readonly born: number; readonly reason: number }[] = [];
  /** Advances while virtual time does. */
  private clock = 0;
  private lastBorn = 0;
  private lastSent = 0;

  /** Lets `wallMs` of watching pass, in which virtual time went on. */
  advance(wallMs: number, book: PageBook): void {
    if (book.pagesSent < this.lastSent) this.reset();
    this.clock += Math.min(wallMs, LONGEST_FRAME_MS);
    this.rings = this.rings.filter(({ born }) => this.clock - born < CROSSING_MS);
    const sent = book.pagesSent - this.lastSent;
    if (sent === 0 || this.clock - this.lastBorn < APART_MS) return;
    this.rings.push({ born: this.clock, reason: book.lastReason });
    this.pagesPerRing = sent;
    this.lastSent = book.pagesSent;
    this.lastBorn = this.clock;
  }

  get shown(): Ring[] {
    return this.rings.map(({ born, reason }) => ({ x: (this.clock - born) / CROSSING_MS, reason }));
  }

  /** The pages sent while they were drawn one by one are not to be drawn again. */
  catchUp(book: PageBook): void {
    this.lastSent = book.pagesSent;
    this.rings = [];
  }

  private reset(): void {
    this.rings = [];
    this.lastSent = 0;
  }
}
