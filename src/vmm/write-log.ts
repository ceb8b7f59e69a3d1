/**
 * Dirty logging by first writes: arming a page takes its write mapping away, the first write faults
 * into the VMM, which sets the page's bit and opens it. Both VMMs do this; they differ in what a
 * fault and a reading of the log cost, and in the names of their calls.
 */
import { assert } from '../base/assert.ts';
import { type Duration, duration, type Gfn } from '../base/units.ts';
import { DirtyLog } from '../memory/dirty-log.ts';
import { costOf } from './costs.ts';
import type { DirtyPages } from './vmm.ts';

export interface WriteLogPrices {
  /** Of a first write, paid by the guest. */
  readonly fault: Duration;
  /** Of one reading, beside what each dirty page costs. */
  readonly read: Duration;
}

export interface WriteLogState {
  readonly active: boolean;
  readonly dirty: Uint32Array<ArrayBuffer>;
  readonly faults: number;
  readonly allowed: number | undefined;
}

export class WriteLog {
  readonly prices: WriteLogPrices;
  private readonly pages: number;
  private log: DirtyLog;
  private isActive = false;
  private faults = 0;
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
    this.faults = 0;
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
    if (byGuest) this.faults += 1;
    if (byGuest && this.allowed !== undefined) this.allowed -= 1;
    return true;
  }

  /** The caller arms the pages in the answer, and only those. */
  collect(): DirtyPages {
    assert(this.isActive, 'the dirty log is read while it is off');
    const frames = this.log.take();
    const { faults } = this;
    this.faults = 0;
    const cost = duration(this.prices.read + costOf('logReadPerDirtyPage', frames.length));
    return { frames, faults, lost: duration(faults * this.prices.fault), cost };
  }

  peek(gfn: Gfn): boolean {
    return this.log.has(gfn);
  }

  save(): WriteLogState {
    return {
      active: this.isActive,
      dirty: this.log.read(),
      faults: this.faults,
      allowed: this.allowed,
    };
  }

  restore(state: WriteLogState): void {
    this.log = new DirtyLog(this.pages);
    for (const gfn of state.dirty) this.log.mark(gfn);
    this.isActive = state.active;
    this.faults = state.faults;
    this.allowed = state.allowed;
  }
}
