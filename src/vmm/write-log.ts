/**
 * Dirty logging by first writes: arming a page takes its write mapping away, the first write faults
 * into the VMM, which sets the page's bit and opens it. Both VMMs do this; they differ in what a
 * fault and a reading of the log cost, and in the names of their calls. A processor or a kernel may
 * collect first writes in a buffer, which makes the guest exit when it is full.
 */
import { assert } from '../base/assert.ts';
import { type Duration, duration, type Gfn } from '../base/units.ts';
import { DirtyLog } from '../memory/dirty-log.ts';
import { PageSet } from '../memory/page-set.ts';
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
  /** Reading leaves the pages open: each chunk is armed by a call of its own, which costs this. */
  readonly clear?: Duration;
  /** The last reading adds the pages that the VMM has mapped for its own stores. */
  readonly addsMapped?: boolean;
}

/** KVM_CLEAR_DIRTY_LOG takes whole words of its bitmap. */
const CHUNK_PAGES = 64;

export interface WriteLogState {
  readonly active: boolean;
  readonly dirty: Uint32Array<ArrayBuffer>;
  readonly faults: number;
  readonly buffered: number;
  readonly overflows: number;
  readonly allowed: number | undefined;
  readonly open: readonly number[];
  readonly mapped: readonly number[];
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
  /** Not armed, although logging is on: the last reading gave them, and nobody has cleared them. */
  private open: PageSet;
  /** Pages that the host has stored to since the log was started. */
  private mapped: PageSet;

  constructor(pages: number, prices: WriteLogPrices) {
    this.pages = pages;
    this.prices = prices;
    this.log = new DirtyLog(pages);
    this.open = new PageSet(pages);
    this.mapped = new PageSet(pages);
  }

  get active(): boolean {
    return this.isActive;
  }

  /**
   * Every page counts as clean, and the caller arms them all; or as given and not yet cleared
   * (KVM_DIRTY_LOG_INITIALLY_SET), which spares the long walk at the start.
   */
  start(): Duration {
    this.forget();
    this.empty();
    this.isActive = true;
    if (this.prices.clear === undefined)
      return duration(costOf('logStart') + costOf('logStartPerPage', this.pages));
    for (let gfn = 0; gfn < this.pages; gfn++) this.open.add(gfn);
    return costOf('logStart');
  }

  stop(): void {
    this.allowed = undefined;
    this.forget();
    this.isActive = false;
  }

  private forget(): void {
    this.log = new DirtyLog(this.pages);
    this.open = new PageSet(this.pages);
    this.mapped = new PageSet(this.pages);
  }

  /** The host stores to a page by a mapping of its own. */
  map(gfn: number): void {
    if (this.isActive && this.prices.addsMapped === true) this.mapped.add(gfn);
  }

  allow(count: number | undefined): void {
    this.allowed = count;
  }

  /** This would be a first write of the guest, and none is allowed any more. */
  refuses(gfn: number): boolean {
    return this.isActive && this.allowed === 0 && !this.open.has(gfn) && !this.log.has(gfn);
  }

  /** True when logging is on and the page was clean. A store by the host takes no fault. */
  write(gfn: number, byGuest: boolean): boolean {
    if (!this.isActive || this.open.has(gfn) || !this.log.mark(gfn)) return false;
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

  /** The caller arms the pages in the answer, and only those that are not open. */
  collect(final = false): DirtyPages {
    assert(this.isActive, 'the dirty log is read while it is off');
    if (final) for (const gfn of this.mapped.toArray()) this.log.mark(gfn);
    const { fault, read, buffer, clear } = this.prices;
    if (clear !== undefined) for (const gfn of this.open.toArray()) this.log.mark(gfn);
    const frames = this.log.take();
    if (clear !== undefined) for (const gfn of frames) this.open.add(gfn);
    const { overflows } = this;
    const exits = (fault === 0 ? 0 : this.faults) + overflows;
    const lost = duration(this.faults * fault + overflows * (buffer?.full ?? 0));
    this.empty();
    // Arming is paid for where it is done.
    const armed = clear === undefined ? frames.length : 0;
    const cost = duration(read + costOf('logReadPerDirtyPage', armed));
    return { frames, faults: exits, lost, cost };
  }

  isOpen(gfn: number): boolean {
    return this.open.has(gfn);
  }

  /** The open pages of this one's chunk, if it is open itself; the caller arms them. */
  clear(gfn: number): { readonly frames: readonly number[]; readonly cost: Duration } {
    const { clear } = this.prices;
    if (clear === undefined || !this.open.has(gfn)) return { frames: [], cost: duration(0) };
    const first = gfn - (gfn % CHUNK_PAGES);
    const frames: number[] = [];
    for (let page = first; page < Math.min(first + CHUNK_PAGES, this.pages); page++)
      if (this.open.delete(page)) frames.push(page);
    return { frames, cost: duration(clear + costOf('logReadPerDirtyPage', frames.length)) };
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
      open: this.open.toArray(),
      mapped: this.mapped.toArray(),
    };
  }

  restore(state: WriteLogState): void {
    this.forget();
    for (const gfn of state.dirty) this.log.mark(gfn);
    for (const gfn of state.open) this.open.add(gfn);
    for (const gfn of state.mapped) this.mapped.add(gfn);
    this.isActive = state.active;
    this.faults = state.faults;
    this.buffered = state.buffered;
    this.overflows = state.overflows;
    this.allowed = state.allowed;
  }
}
