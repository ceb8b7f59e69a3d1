/**
 * Dirty logging by first writes: arming a page takes its write mapping away, the first write faults
 * into the VMM, which sets the page's bit and opens it. Both VMMs do this; they differ in what a
 * fault and a reading of the log cost, and in the names of their calls. A processor or a kernel may
 * collect first writes in a buffer, which makes the guest exit when it is full.
 */
import { assert } from '../base/assert.ts';
import { type Duration, duration, type Gfn } from '../base/units.ts';
import { DirtyLog } from '../memory/dirty-log.ts';
import { costOf } from './costs.ts';
import type { DirtyPages } from './vmm.ts';

/** First writes go into it one by one; when it is full, the guest exits and it is emptied. */
export interface LogBuffer {
  readonly entries: number;
  /** Of the exit, paid by the guest. */
  readonly full: Duration;
}

export interface WriteLogPrices {
  /** Of a first write, paid by the guest; nothing: the processor itself notices it. */
  readonly fault: Duration;
  /** Of one reading, beside what each dirty page costs. */
  readonly read: Duration;
  readonly buffer?: LogBuffer;
}

export interface WriteLogState {
  readonly active: boolean;
  readonly dirty: Uint32Array<ArrayBuffer>;
  readonly faults: number;
  readonly buffered: number;
  readonly overflows: number;
  readonly allowed: number | undefined;
}

export class WriteLog {
  readonly prices: WriteLogPrices;
  private readonly pages: number;
  private log: DirtyLog;
  private isActive = false;
  /** First writes of the guest since the log was read. */
  private faults = 0;
  /** Of the buffer, what is in it, and how often it was full since the log was read. */
  private buffered = 0;
  private overflows = 0;
  /** First writes that the guest may still do; undefined: any number. */
  private allowed: number | undefined;

  constructor(pages: number, prices: WriteLogPrices) {
    this.pages = pages;
    this.prices = prices;
    this.log = new DirtyLog(pages);
  }

  get active(): boolean {
    return this.isActive;
  }

  /** Every page counts as clean. The caller arms them all. */
  start(): Duration {
    this.log = new DirtyLog(this.pages);
    this.empty();
    this.isActive = true;
    return duration(costOf('logStart') + costOf('logStartPerPage', this.pages));
  }

  stop(): void {
    this.allowed = undefined;
    this.log = new DirtyLog(this.pages);
    this.isActive = false;
  }

  allow(count: number | undefined): void {
    this.allowed = count;
  }

  /** This would be a first write of the guest, and none is allowed any more. */
  refuses(gfn: number): boolean {
    return this.isActive && this.allowed === 0 && !this.log.has(gfn);
  }

  /** True when logging is on and the page was clean. A store by the host takes no fault. */
  write(gfn: number, byGuest: boolean): boolean {
    if (!this.isActive || !this.log.mark(gfn)) return false;
    if (!byGuest) return true;
    this.faults += 1;
    this.buffered += 1;
    if (this.allowed !== undefined) this.allowed -= 1;
    return true;
  }

  /** What the guest pays for the first write that it has just done. */
  charge(): Duration {
    const { fault, buffer } = this.prices;
    if (buffer === undefined || this.buffered < buffer.entries) return fault;
    this.buffered = 0;
    this.overflows += 1;
    return duration(fault + buffer.full);
  }

  /** The caller arms the pages in the answer, and only those. */
  collect(): DirtyPages {
    assert(this.isActive, 'the dirty log is read while it is off');
    const frames = this.log.take();
    const { fault, read, buffer } = this.prices;
    const { overflows } = this;
    const exits = (fault === 0 ? 0 : this.faults) + overflows;
    const lost = duration(this.faults * fault + overflows * (buffer?.full ?? 0));
    this.empty();
    const cost = duration(read + costOf('logReadPerDirtyPage', frames.length));
    return { frames, faults: exits, lost, cost };
  }

  /** Reading the log empties the buffer as well. */
  private empty(): void {
    this.faults = 0;
    this.buffered = 0;
    this.overflows = 0;
  }

  peek(gfn: Gfn): boolean {
    return this.log.has(gfn);
  }

  save(): WriteLogState {
    return {
      active: this.isActive,
      dirty: this.log.read(),
      faults: this.faults,
      buffered: this.buffered,
      overflows: this.overflows,
      allowed: this.allowed,
    };
  }

  restore(state: WriteLogState): void {
    this.log = new DirtyLog(this.pages);
    for (const gfn of state.dirty) this.log.mark(gfn);
    this.isActive = state.active;
    this.faults = state.faults;
    this.buffered = state.buffered;
    this.overflows = state.overflows;
    this.allowed = state.allowed;
  }
}
