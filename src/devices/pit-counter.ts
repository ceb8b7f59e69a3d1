/**
 * One counter of the 8254 interval timer (Intel 8254 data sheet, "Mode Definitions" and "Read
 * Operations"). Nothing ticks: count and output follow from the moment of loading. The clock of a
 * counter starts at that moment (as QEMU's), not at a common edge.
 */
import { type Instant, instant, NEVER } from '../base/units.ts';
import { spanOf, ticksIn } from './pit-clock.ts';

/** Which byte comes next, by QEMU's numbers. */
export const LSB = 1;
export const MSB = 2;
export const WORD_LOW = 3;
export const WORD_HIGH = 4;

/**
 * idle: no count since the control word, or waiting for the gate to rise;
 * held: the gate is low, the count stands still (modes 0 and 4).
 */
export type PitPhase = 'idle' | 'counting' | 'held';

/** By the names of QEMU's `i8254` section, where it has them. */
export interface PitCounterState {
  /** The period in ticks, 1 to 65,536, that is being counted. */
  readonly count: number;
  /** The count register: takes over at the next load, trigger or end of a period. */
  readonly nextCount: number;
  /** A count was written since the control word. */
  readonly written: boolean;
  readonly phase: PitPhase;
  readonly countLoadTime: Instant;
  /** Ticks counted before the gate fell. */
  readonly held: number;
  readonly latchedCount: number;
  /** Bytes of the latched count still to be read: 0, LSB, MSB or WORD_LOW for both. */
  readonly countLatched: number;
  readonly statusLatched: boolean;
  readonly status: number;
  /** Which byte is due: LSB, MSB, WORD_LOW or WORD_HIGH; 0: as LSB, before the first control word. */
  readonly readState: number;
  readonly writeState: number;
  readonly writeLatch: number;
  readonly rwMode: number;
  /** As programmed: 6 and 7 mean 2 and 3. */
  readonly mode: number;
  readonly bcd: boolean;
  readonly gate: boolean;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const STATUS_OUT = 0x80;
const STATUS_NULL_COUNT = 0x40;

export class PitCounter {
  private state: Mutable<PitCounterState>;

  constructor(gate: boolean) {
    this.state = {
      count: 0x1_0000,
      nextCount: 0x1_0000,
      written: false,
      phase: 'idle',
      countLoadTime: instant(0),
      held: 0,
      latchedCount: 0,
      countLatched: 0,
      statusLatched: false,
      status: 0,
      readState: LSB,
      writeState: LSB,
      writeLatch: 0,
      rwMode: LSB,
      mode: 3,
      bcd: false,
      gate,
    };
  }

  get gate(): boolean {
    return this.state.gate;
  }

  writeControl(access: number, mode: number, bcd: boolean): void {
    const { state } = this;
    state.rwMode = access;
    state.readState = access;
    state.writeState = access;
    state.mode = mode;
    state.bcd = bcd;
    state.countLatched = 0;
    state.written = false;
    state.phase = 'idle';
  }

  write(value: number, now: Instant): void {
    const { state } = this;
    switch (state.writeState) {
      case MSB:
        this.load(value << 8, now);
        return;
      case WORD_LOW:
        state.writeLatch = value;
        state.writeState = WORD_HIGH;
        // Half a new count stops the old one and pulls the output low.
        if (this.mode === 0) state.phase = 'idle';
        return;
      case WORD_HIGH:
        state.writeState = WORD_LOW;
        this.load((value << 8) | state.writeLatch, now);
        return;
      default:
        this.load(value, now);
    }
  }

  read(now: Instant): number {
    const { state } = this;
    if (state.statusLatched) {
      state.statusLatched = false;
      return state.status;
    }
    if (state.countLatched !== 0) return this.readLatched();
    const value = this.value(now);
    switch (state.readState) {
      case MSB:
        return value >> 8;
      case WORD_LOW:
        state.readState = WORD_HIGH;
        return value & 0xff;
      case WORD_HIGH:
        state.readState = WORD_LOW;
        return value >> 8;
      default:
        return value & 0xff;
    }
  }

  /** A second latch command before the first was read changes nothing. */
  latchCount(now: Instant): void {
    const { state } = this;
    if (state.countLatched !== 0) return;
    state.latchedCount = this.value(now);
    state.countLatched = state.rwMode;
  }

  latchStatus(now: Instant): void {
    const { state } = this;
    if (state.statusLatched) return;
    state.statusLatched = true;
    const out = this.output(now) ? STATUS_OUT : 0;
    const waits = !state.written || this.isPending() ? STATUS_NULL_COUNT : 0;
    state.status = out | waits | (state.rwMode << 4) | (state.mode << 1) | (state.bcd ? 1 : 0);
  }

  setGate(level: boolean, now: Instant): void {
    const { state } = this;
    const rises = level && !state.gate;
    const falls = !level && state.gate;
    state.gate = level;
    const waits = this.mode === 0 || this.mode === 4;
    if (falls && waits && state.phase === 'counting') {
      state.held = this.elapsed(now);
      state.phase = 'held';
    } else if (rises && waits && state.phase === 'held') {
      state.countLoadTime = instant(now - spanOf(state.held));
      state.phase = 'counting';
    } else if (falls && (this.mode === 2 || this.mode === 3)) state.phase = 'idle';
    // In the other modes a rising gate is the trigger.
    else if (rises && !waits && state.written) this.start(now);
  }

  output(now: Instant): boolean {
    const { count, phase } = this.state;
    if (phase === 'idle') return this.mode !== 0;
    const elapsed = this.elapsed(now);
    switch (this.mode) {
      case 2:
        return count === 1 || elapsed % count !== count - 1;
      case 3:
        return elapsed % count < highTicks(count);
      case 4:
      case 5:
        return elapsed !== count;
      default:
        return elapsed >= count;
    }
  }

  /** When the output changes next, after `now`. */
  nextChange(now: Instant): Instant {
    const { phase, countLoadTime } = this.state;
    if (phase !== 'counting') return NEVER;
    const tick = this.nextChangeTick(this.elapsed(now));
    return tick === undefined ? NEVER : instant(countLoadTime + spanOf(tick));
  }

  /**
   * A count written in the middle of a period (mode 3: half a period) takes over at its end.
   * Pre: called for every span of time, `from` being the `now` of the call before.
   */
  settle(from: Instant, now: Instant): void {
    const { state } = this;
    const isPeriodic = this.mode === 2 || this.mode === 3;
    if (!isPeriodic || state.phase !== 'counting' || !this.isPending()) return;
    const elapsed = this.elapsed(from);
    const passed = elapsed % state.count;
    const high = highTicks(state.count);
    const isHigh = this.mode === 3 && passed < high;
    const end = elapsed - passed + (isHigh ? high : state.count);
    const at = state.countLoadTime + spanOf(end);
    if (at > now) return;
    state.count = state.nextCount;
    // After a high half the low half of the new period follows.
    state.countLoadTime = instant(at - (isHigh ? spanOf(highTicks(state.count)) : 0));
  }

  save(): PitCounterState {
    return { ...this.state };
  }

  restore(state: PitCounterState): void {
    this.state = { ...state };
  }

  /** 0 to 5. */
  private get mode(): number {
    const { mode } = this.state;
    return mode > 5 ? mode - 4 : mode;
  }

  private isPending(): boolean {
    const { state } = this;
    const waitsForTrigger = (this.mode === 1 || this.mode === 5) && state.phase === 'idle';
    return waitsForTrigger || state.nextCount !== state.count;
  }

  private elapsed(now: Instant): number {
    const { phase, held, countLoadTime } = this.state;
    return phase === 'held' ? held : ticksIn(now - countLoadTime);
  }

  private load(value: number, now: Instant): void {
    const { state } = this;
    state.written = true;
    state.nextCount = periodOf(value, state.bcd);
    switch (this.mode) {
      case 1:
      case 5:
        return;
      case 2:
      case 3:
        if (state.phase === 'idle' && state.gate) this.start(now);
        return;
      default:
        this.start(now);
        if (state.gate) return;
        state.held = 0;
        state.phase = 'held';
    }
  }

  private start(now: Instant): void {
    this.state.count = this.state.nextCount;
    this.state.countLoadTime = now;
    this.state.phase = 'counting';
  }

  private nextChangeTick(elapsed: number): number | undefined {
    const { count } = this.state;
    const passed = elapsed % count;
    const isPulse = this.mode === 4 || this.mode === 5;
    if (this.mode === 2 || this.mode === 3) {
      // A period of one tick is not allowed; the output stays where it is.
      if (count === 1) return undefined;
      const first = this.mode === 2 ? count - 1 : highTicks(count);
      return elapsed - passed + (passed < first ? first : count);
    }
    if (elapsed < count) return count;
    return isPulse && elapsed === count ? count + 1 : undefined;
  }

  /** What the counting element shows, 0 to 0xFFFF, in BCD where chosen. */
  private value(now: Instant): number {
    const { count, bcd, phase } = this.state;
    const modulus = bcd ? 10_000 : 0x1_0000;
    const left = phase === 'idle' ? count : this.remaining(this.elapsed(now));
    const value = ((left % modulus) + modulus) % modulus;
    return bcd ? toBcd(value) : value;
  }

  private remaining(elapsed: number): number {
    const { count } = this.state;
    if (this.mode === 2) return count - (elapsed % count);
    if (this.mode !== 3) return count - elapsed;
    // By twos, through the period twice; odd periods lose their last bit first.
    const passed = elapsed % count;
    const high = highTicks(count);
    return (count & ~1) - 2 * (passed < high ? passed : passed - high);
  }

  private readLatched(): number {
    const { state } = this;
    const { latchedCount, countLatched } = state;
    state.countLatched = countLatched === WORD_LOW ? MSB : 0;
    return countLatched === MSB ? latchedCount >> 8 : latchedCount & 0xff;
  }
}

const highTicks = (count: number): number => (count + 1) >> 1;

function periodOf(value: number, bcd: boolean): number {
  if (!bcd) return value === 0 ? 0x1_0000 : value;
  const digit = (place: number): number => (value >> (4 * place)) & 0x0f;
  const ticks = digit(0) + 10 * digit(1) + 100 * digit(2) + 1000 * digit(3);
  return ticks === 0 ? 10_000 : ticks;
}

function toBcd(value: number): number {
  const digit = (divisor: number): number => Math.floor(value / divisor) % 10;
  return (digit(1000) << 12) | (digit(100) << 8) | (digit(10) << 4) | digit(1);
}
