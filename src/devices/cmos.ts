/**
 * Real-time clock and CMOS memory of a PC at 0x70 and 0x71: Motorola MC146818 data sheet, "Time,
 * Calendar and Alarm Locations", "Update Cycle", registers A to D; IRQ 8. The time is guest time plus
 * the scenario's date. Memory sizes lie where a PC/AT BIOS leaves them.
 */
import { type Instant, instant, NEVER, START } from '../base/units.ts';
import { clockValue, nextMatch, type TimeField, timeFields, withField } from './clock-time.ts';
import type { AccessSize, Device, InterruptSource, PortRange } from './device.ts';

export interface CmosState {
  readonly index: number;
  /** All 128 places, alarms and registers A to C included; time only while the clock is set. */
  readonly memory: readonly number[];
  /** Date at guest time 0, in seconds since 1970. */
  readonly epoch: number;
  /** The moment that this is the state of: flags of register C are up to date. */
  readonly at: Instant;
}

const INDEX_PORT = 0x70;
const DATA_PORT = 0x71;
const MEMORY_BYTES = 128;
const SECOND = 1_000_000_000;
const OSCILLATOR_HZ = 32_768;
/** Update-in-progress is up for this long before the seconds change. */
const UPDATE_NS = 244_141;

const A = 0x0a;
const B = 0x0b;
const C = 0x0c;
const D = 0x0d;
const A_UPDATING = 0x80;
/** The 32,768 Hz crystal of a PC, and 1,024 Hz as BIOSes choose. */
const A_DEFAULT = 0x26;
const B_SET = 0x80;
const B_24_HOURS = 0x02;
const B_DEFAULT = B_24_HOURS;
const C_PERIODIC = 0x40;
const C_ALARM = 0x20;
const C_UPDATED = 0x10;
const C_REQUEST = 0x80;
const D_POWERED = 0x80;

/** Where the time is. */
const TIME_PLACES: Readonly<Record<number, TimeField>> = {
  0: 'second',
  2: 'minute',
  4: 'hour',
  6: 'weekday',
  7: 'day',
  8: 'month',
  9: 'year',
  50: 'century',
};
const ALARM_SECOND = 1;
const ALARM_MINUTE = 3;
const ALARM_HOUR = 5;

export class Cmos implements Device<CmosState>, InterruptSource {
  readonly irq = 8;
  readonly ports: readonly PortRange[] = [{ first: INDEX_PORT, count: 2 }];
  private index = 0;
  private memory: number[];
  private epoch: number;
  private at: Instant = START;

  constructor(config: { readonly epochSeconds: number; readonly ramBytes: number }) {
    this.epoch = config.epochSeconds;
    this.memory = new Array<number>(MEMORY_BYTES).fill(0);
    this.memory[A] = A_DEFAULT;
    this.memory[B] = B_DEFAULT;
    for (const [place, value] of memorySizes(config.ramBytes)) this.memory[place] = value;
  }

  get interrupt(): boolean {
    return (this.flags & this.control) !== 0;
  }

  /** Only what asks for an interrupt that is not there yet. */
  nextEvent(): Instant {
    const wanted = this.control & ~this.flags;
    let next: number = NEVER;
    if (wanted & C_PERIODIC) next = Math.min(next, this.nextPeriod());
    if (!this.isSetting) {
      if (wanted & C_UPDATED) next = Math.min(next, this.secondsPassed(this.at) * SECOND + SECOND);
      if (wanted & C_ALARM) next = Math.min(next, this.nextAlarm());
    }
    return instant(next);
  }

  advance(now: Instant): void {
    let passed = now >= this.nextPeriod() ? C_PERIODIC : 0;
    const isNewSecond = this.secondsPassed(now) > this.secondsPassed(this.at);
    if (isNewSecond && !this.isSetting) {
      passed |= C_UPDATED;
      if (now >= this.nextAlarm()) passed |= C_ALARM;
    }
    this.memory[C] = this.flags | passed;
    this.at = now;
  }

  readPort(port: number, _size: AccessSize): number {
    if (port !== DATA_PORT) return 0xff;
    const { index } = this;
    switch (index) {
      case A:
        return this.place(A) | (this.isUpdating() ? A_UPDATING : 0);
      case C:
        return this.takeFlags();
      case D:
        return D_POWERED;
      default:
        return this.readPlace(index);
    }
  }

  writePort(port: number, _size: AccessSize, value: number): void {
    // Bit 7 of the index masks the NMI, which nothing here raises.
    if (port !== DATA_PORT) this.index = value & 0x7f;
    else if (this.index === B) this.writeControl(value);
    else if (this.index === A) this.memory[A] = value & ~A_UPDATING;
    else if (this.index !== C && this.index !== D) this.writePlace(this.index, value);
  }

  save(): CmosState {
    const { index, epoch, at } = this;
    return { index, memory: [...this.memory], epoch, at };
  }

  restore(state: CmosState): void {
    this.index = state.index;
    this.memory = [...state.memory];
    this.epoch = state.epoch;
    this.at = state.at;
  }

  private place(index: number): number {
    return this.memory[index] ?? 0;
  }

  private get flags(): number {
    return this.place(C);
  }

  /** Bits of register C whose interrupts are enabled. */
  private get control(): number {
    return this.place(B) & (C_PERIODIC | C_ALARM | C_UPDATED);
  }

  private get isSetting(): boolean {
    return (this.place(B) & B_SET) !== 0;
  }

  private isUpdating(): boolean {
    return !this.isSetting && this.at % SECOND >= SECOND - UPDATE_NS;
  }

  private takeFlags(): number {
    const value = this.flags | (this.interrupt ? C_REQUEST : 0);
    this.memory[C] = 0;
    return value;
  }

  private readPlace(index: number): number {
    const field = TIME_PLACES[index];
    if (field === undefined || this.isSetting) return this.place(index);
    return clockValue.encode(field, timeFields(this.date(this.at))[field], this.place(B));
  }

  private writePlace(index: number, value: number): void {
    this.memory[index] = value;
    const field = TIME_PLACES[index];
    if (field === undefined || this.isSetting) return;
    const fields = withField(timeFields(this.date(this.at)), field, this.decode(index, field));
    this.epoch += fields - this.date(this.at);
  }

  /** While SET is up the time stands in memory; afterwards the clock goes on from there. */
  private writeControl(value: number): void {
    const wasSetting = this.isSetting;
    const isSetting = (value & B_SET) !== 0;
    const places = Object.entries(TIME_PLACES);
    if (isSetting && !wasSetting)
      for (const [index] of places) this.memory[Number(index)] = this.readPlace(Number(index));
    this.memory[B] = isSetting ? value & ~C_UPDATED : value;
    if (isSetting || !wasSetting) return;
    let date = 0;
    for (const name of ['century', 'year', 'month', 'day', 'hour', 'minute', 'second'] as const) {
      const [index] = places.find(([, field]) => field === name) ?? ['0'];
      date = withField(timeFields(date), name, this.decode(Number(index), name));
    }
    this.epoch += date - this.date(this.at);
  }

  private decode(index: number, field: TimeField): number {
    return clockValue.decode(field, this.place(index), this.place(B));
  }

  /** Seconds since 1970 that the clock shows. */
  private date(now: Instant): number {
    return this.epoch + this.secondsPassed(now);
  }

  private secondsPassed(now: Instant): number {
    return Math.floor(now / SECOND);
  }

  private nextPeriod(): number {
    const rate = this.place(A) & 0x0f;
    if (rate === 0) return NEVER;
    // Rates 1 and 2 repeat 8 and 9 with a crystal of 32,768 Hz.
    const cycles = 1 << (rate <= 2 ? rate + 6 : rate - 1);
    const seconds = this.secondsPassed(this.at);
    const now = Math.floor(((this.at - seconds * SECOND) * OSCILLATOR_HZ) / SECOND);
    const next = (Math.floor(now / cycles) + 1) * cycles;
    return seconds * SECOND + Math.ceil((next * SECOND) / OSCILLATOR_HZ);
  }

  private nextAlarm(): number {
    const control = this.place(B);
    const [hour, minute, second] = [ALARM_HOUR, ALARM_MINUTE, ALARM_SECOND].map((index, i) => {
      const field = (['hour', 'minute', 'second'] as const)[i] ?? 'second';
      const value = this.place(index);
      // The two highest bits mean "any".
      return value >= 0xc0 ? undefined : clockValue.decode(field, value, control);
    });
    const wait = nextMatch(this.date(this.at), hour, minute, second);
    return wait === undefined ? NEVER : (this.secondsPassed(this.at) + wait) * SECOND;
  }
}

/** Conventional memory in KiB, extended memory in KiB, and memory above 16 MiB in 64 KiB. */
function memorySizes(ramBytes: number): [number, number][] {
  const extended = Math.min(0xffff, Math.max(0, ramBytes - (1 << 20)) >>> 10);
  const above16 = Math.min(0xffff, Math.max(0, ramBytes - (16 << 20)) >>> 16);
  const word = (low: number, high: number, value: number): [number, number][] => [
    [low, value & 0xff],
    [high, value >> 8],
  ];
  return [
    ...word(0x15, 0x16, 640),
    ...word(0x17, 0x18, extended),
    ...word(0x30, 0x31, extended),
    ...word(0x34, 0x35, above16),
  ];
}
