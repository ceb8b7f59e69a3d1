/**
 * Interval timer of a PC: 8254 (Intel 8254 data sheet) at 0x40 to 0x43, counter 0 on IRQ 0, counter 2
 * on the speaker, whose port 0x61 (IBM PC/AT Technical Reference, "System Timers") has the gate of
 * counter 2, its output, and the refresh toggle.
 */
import { assert } from '../base/assert.ts';
import { type Instant, START } from '../base/units.ts';
import type { AccessSize, Device, InterruptSource, PortRange } from './device.ts';
import { ticksIn } from './pit-clock.ts';
import { PitCounter, type PitCounterState } from './pit-counter.ts';

export interface PitState {
  readonly counters: readonly [PitCounterState, PitCounterState, PitCounterState];
  /** Bit 1 of port 0x61. */
  readonly speaker: boolean;
  /** The moment that this is the state of: all changes of outputs up to here have happened. */
  readonly at: Instant;
}

const PIT_PORT = 0x40;
const CONTROL_PORT = 0x43;
const SPEAKER_PORT = 0x61;
/** Counter 1 asks for a refresh of memory every 18 ticks; each one turns the toggle over. */
const REFRESH_TICKS = 18;

export class Pit implements Device<PitState>, InterruptSource {
  readonly irq = 0;
  readonly ports: readonly PortRange[] = [
    { first: PIT_PORT, count: 4 },
    { first: SPEAKER_PORT, count: 1 },
  ];
  private readonly counters = [
    new PitCounter(true),
    new PitCounter(true),
    new PitCounter(false),
  ] as const;
  private speaker = false;
  private at: Instant = START;

  get interrupt(): boolean {
    return this.counters[0].output(this.at);
  }

  /** The next change of counter 0's output, up or down. */
  nextEvent(): Instant {
    return this.counters[0].nextChange(this.at);
  }

  advance(now: Instant): void {
    assert(now >= this.at, 'guest time does not go back');
    for (const counter of this.counters) counter.settle(this.at, now);
    this.at = now;
  }

  readPort(port: number, _size: AccessSize): number {
    if (port === SPEAKER_PORT) return this.readSpeaker();
    return this.counters[port - PIT_PORT]?.read(this.at) ?? 0;
  }

  writePort(port: number, _size: AccessSize, value: number): void {
    if (port === CONTROL_PORT) this.writeControl(value);
    else if (port === SPEAKER_PORT) this.writeSpeaker(value);
    else this.counters[port - PIT_PORT]?.write(value, this.at);
  }

  save(): PitState {
    const [first, second, third] = this.counters;
    return {
      counters: [first.save(), second.save(), third.save()],
      speaker: this.speaker,
      at: this.at,
    };
  }

  restore(state: PitState): void {
    this.counters.forEach((counter, i) => {
      counter.restore(state.counters[i as 0 | 1 | 2]);
    });
    this.speaker = state.speaker;
    this.at = state.at;
  }

  private writeControl(value: number): void {
    const select = value >> 6;
    const access = (value >> 4) & 3;
    if (select === 3) this.readBack(value);
    else if (access === 0) this.counters[select as 0 | 1 | 2].latchCount(this.at);
    else
      this.counters[select as 0 | 1 | 2].writeControl(access, (value >> 1) & 7, (value & 1) !== 0);
  }

  private readBack(value: number): void {
    this.counters.forEach((counter, i) => {
      if ((value & (2 << i)) === 0) return;
      if ((value & 0x20) === 0) counter.latchCount(this.at);
      if ((value & 0x10) === 0) counter.latchStatus(this.at);
    });
  }

  private readSpeaker(): number {
    const [, , tone] = this.counters;
    const refresh = Math.floor(ticksIn(this.at) / REFRESH_TICKS) & 1;
    const output = tone.output(this.at) ? 0x20 : 0;
    return (tone.gate ? 1 : 0) | (this.speaker ? 2 : 0) | (refresh << 4) | output;
  }

  private writeSpeaker(value: number): void {
    this.speaker = (value & 2) !== 0;
    this.counters[2].setGate((value & 1) !== 0, this.at);
  }
}
