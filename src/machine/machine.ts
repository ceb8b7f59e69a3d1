/**
 * The toy PC: processor, memory and devices on one bus, under a virtual clock. A retired instruction
 * takes `instructionNs`; what the VMM charges while it handles a first write comes on top. Where a
 * run is cut into slices changes nothing: a slice ends at an instruction boundary, and everything
 * that happens has its moment from the number of instructions and charges before it. An event of a
 * device is seen at the first boundary at or after its moment, an interrupt is taken there.
 *
 * Two clocks: virtual time is the host's, guest time is what the guest has lived through. The guest's
 * runs along with the host's from a run on, also between runs (a halted guest waits), until
 * `stopClock` or `restore`; the next run starts it again where it stood. Devices and the time-stamp
 * counter know only guest time.
 */
import { assert } from '../base/assert.ts';
import {
  earliest,
  type Gfn,
  gfn,
  type Instant,
  instant,
  NEVER,
  PAGE_SIZE,
  START,
} from '../base/units.ts';
import { Cpu } from '../cpu/cpu.ts';
import { GENERAL_REGISTERS, SEGMENT_REGISTERS } from '../cpu/state.ts';
import type { InstructionWatch } from '../cpu/watch.ts';
import type { AccessSize } from '../devices/device.ts';
import type { GuestMemory, MappingHolder } from '../memory/guest-memory.ts';
import type { MachineState } from './machine-state.ts';
import { PcBus, type PcOutput } from './pc-bus.ts';

/** Longest run of the processor between two looks at the clock; its length changes no result. */
const CHUNK = 1 << 20;
/** The time-stamp counter's rate until another is set. */
const TSC_KHZ = 1_000_000n;
/** 2008-01-01, 00:00:00. */
const DEFAULT_EPOCH = 1_199_145_600;
/** QEMU's own default. */
const DEFAULT_MAC = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56] as const;

export interface MachineConfig {
  readonly instructionNs: number;
  /** Date at guest time 0, in seconds since 1970. */
  readonly epochSeconds?: number | undefined;
  /** Station address of the NIC: six bytes. */
  readonly mac?: readonly number[] | undefined;
}

export type MachineExit =
  | { readonly reason: 'budget' }
  | { readonly reason: 'output' }
  | { readonly reason: 'halted' }
  | { readonly reason: 'watched' }
  | { readonly reason: 'missing-page'; readonly gfn: Gfn }
  | { readonly reason: 'stopped'; readonly cause: string; readonly code: number };

export interface MachineRun {
  readonly exit: MachineExit;
  readonly now: Instant;
}

export class Machine implements MappingHolder {
  readonly memory: GuestMemory;
  private readonly instructionNs: number;
  /** Ticks of the guest's time-stamp counter in a millisecond; set before the first run. */
  tscKhz = TSC_KHZ;
  /** What an RDTSC costs beyond its instruction: an exit, where the VMM traps it. */
  timeStampNs = 0;
  private readonly cpu: Cpu;
  private readonly bus: PcBus;

  private running = false;
  private until = 0;
  /** Virtual time at the start of the present chunk, or of the last boundary when not running. */
  private chunkStart = 0;
  private chunkEnd = 0;
  private charged = 0;
  /** Guest time and time-stamp counter when the guest's clock last started. */
  private timeBase = 0;
  private tscBase = 0n;
  /** Virtual time when it started; undefined while it stands. */
  private anchor: number | undefined;

  constructor(memory: GuestMemory, config: MachineConfig) {
    const { instructionNs, epochSeconds = DEFAULT_EPOCH, mac = DEFAULT_MAC } = config;
    assert(
      Number.isInteger(instructionNs) && instructionNs > 0,
      'an instruction takes a whole number of nanoseconds',
    );
    this.memory = memory;
    this.instructionNs = instructionNs;
    this.bus = new PcBus(
      { epochSeconds, mac, ramBytes: memory.frames * PAGE_SIZE },
      { now: () => this.guestTime, attention: () => this.cpu.endSlice() },
    );
    this.cpu = new Cpu(memory, {
      readPort: (port, size) => this.bus.read(port, size as AccessSize),
      writePort: (port, size, value) => this.bus.write(port, size as AccessSize, value),
      timeStamp: () => this.readTimeStamp(),
      hasInterrupt: () => this.bus.hasInterrupt(),
      acknowledge: () => this.bus.acknowledge(),
    });
  }

  /** Retired instructions since boot; a step of a repeated string instruction counts as one. */
  get retired(): number {
    return this.cpu.retired;
  }

  /** CPU features shown to the guest and used by it, as bits of `cpu/features.ts`. */
  get features(): { readonly offered: number; readonly used: number } {
    const { offered, used } = this.cpu;
    return { offered, used };
  }

  offerFeatures(offered: number, used: number): void {
    this.cpu.offer(offered, used);
  }

  get eip(): number {
    return this.cpu.instructionPointer;
  }

  /** Virtual time now: inside a hook, the start of the current instruction plus its charges. */
  get now(): Instant {
    if (!this.running) return instant(this.chunkStart);
    return instant(this.chunkStart + this.cpu.executed * this.instructionNs + this.charged);
  }

  /** Does guest time go on with virtual time? */
  get clockRuns(): boolean {
    return this.anchor !== undefined;
  }

  /**
   * Runs to the first instruction boundary at or after `until`, or to an earlier exit.
   * Pre: `until` does not lie before `now`, nor `now` before the end of the last run. `watch`: also to
   * the first boundary before one of its instructions; it changes nothing but where the run ends.
   */
  run(now: Instant, until: Instant, watch?: InstructionWatch): MachineRun {
    assert(!this.running, 'a machine is not run from inside its own hooks');
    this.startClock(now);
    this.until = until;
    this.running = true;
    try {
      for (;;) {
        const exit = this.exitNow() ?? this.runChunk(watch);
        if (exit !== undefined) return { exit, now: instant(this.chunkStart) };
      }
    } finally {
      this.running = false;
    }
  }

  /** The guest waits until `now`: for an interrupt, a page, or its turn. Between two runs only. */
  pass(now: Instant): void {
    assert(!this.running && now >= this.chunkStart, 'time passes between runs, and forward');
    if (this.anchor === undefined) return;
    this.startClock(now);
  }

  /** Guest time goes on from `now`, as at the start of a run. */
  startClock(now: Instant): void {
    this.chunkStart = now;
    this.anchor ??= now;
    this.bus.advance(this.guestTime);
  }

  /** Guest time stands still until the next run. Between two runs only. */
  stopClock(): void {
    assert(!this.running, 'the clock stops between two runs');
    const { guestTime } = this;
    this.tscBase = this.timeStamp();
    this.timeBase = guestTime;
    this.anchor = undefined;
  }

  /** Adds virtual time to the current instruction. For the VMM, from inside its `mapForWrite`. */
  charge(nanoseconds: number): void {
    // A store by the host between two runs is not the guest's time.
    if (!this.running) return;
    this.charged += nanoseconds;
    const total = Math.ceil((this.chunkEnd - this.chunkStart - this.charged) / this.instructionNs);
    // The current instruction always completes.
    this.cpu.shorten(Math.max(1, total - this.cpu.executed));
  }

  /** Earliest moment at which a device wants to act by itself; NEVER while the clock stands. */
  nextDeviceEvent(): Instant {
    const event = this.bus.nextEvent();
    if (this.anchor === undefined || event >= NEVER) return NEVER;
    return instant(event - this.timeBase + this.anchor);
  }

  takeOutput(): PcOutput {
    return this.bus.takeOutput();
  }

  /** A byte arrives at the UART. False: the receiver was full and the byte is lost. */
  receiveSerial(byte: number): boolean {
    return this.bus.receiveSerial(byte);
  }

  /** A frame arrives at the NIC, without its check sequence. False: not for this station, or no room. */
  receiveFrame(frame: Uint8Array): boolean {
    return this.bus.receiveFrame(frame);
  }

  /** A store by the host at a guest-physical address. Pre: inside RAM, no frame is missing. */
  writeMemory(address: number, bytes: Uint8Array): void {
    this.cpu.writePhysical(address, bytes);
  }

  revokeWrite(frame: number): void {
    this.cpu.revokeWrite(frame);
  }

  revokeAllWrites(): void {
    this.cpu.revokeAllWrites();
  }

  revoke(frame: number): void {
    this.cpu.revoke(frame);
  }

  revokeAll(): void {
    this.cpu.revokeAll();
  }

  /** Between two runs only. */
  save(): MachineState {
    const { stop } = this;
    return {
      cpu: this.cpu.save(this.timeStamp()),
      time: this.guestTime,
      ...this.bus.save(),
      ...(stop === undefined ? {} : { stopped: stop }),
    };
  }

  /** The clock stands at the state's guest time until the next run, whenever that will be. */
  restore(state: MachineState): void {
    this.cpu.restore(state.cpu);
    this.bus.restore(state);
    this.cpu.stopped = state.stopped;
    this.tscBase = state.cpu.tsc;
    this.timeBase = state.time;
    this.anchor = undefined;
    this.chunkStart = START;
  }

  /** Every architectural value by name, hidden parts of segments included. */
  registers(): Record<string, number | bigint> {
    const state = this.cpu.save(this.timeStamp());
    const named: Record<string, number | bigint> = {};
    GENERAL_REGISTERS.forEach((name, i) => {
      named[name] = state.general[i];
    });
    named.eip = state.eip;
    named.eflags = state.eflags;
    for (const name of SEGMENT_REGISTERS) {
      const segment = state.segments[name];
      named[name] = segment.selector;
      named[`${name}.base`] = segment.base;
      named[`${name}.limit`] = segment.limit;
      named[`${name}.access`] = segment.access;
    }
    for (const name of ['gdtr', 'idtr'] as const) {
      named[`${name}.base`] = state[name].base;
      named[`${name}.limit`] = state[name].limit;
    }
    for (const name of ['cr0', 'cr2', 'cr3', 'cr4'] as const) named[name] = state[name];
    [0, 1, 2, 3, 6, 7].forEach((number, i) => {
      named[`dr${number}`] = state.debug[i];
    });
    named.tsc = state.tsc;
    named.halted = state.halted ? 1 : 0;
    named.interruptShadow = state.interruptShadow;
    return named;
  }

  /** Whether the processor's TLB holds a page for reading and for writing. */
  tlb(linear: number): { readonly read: boolean; readonly write: boolean } {
    return this.cpu.mmu.peek(linear);
  }

  /** Each device's state by name, and guest time. */
  devices(): Record<string, unknown> {
    return { clock: { time: this.guestTime }, ...this.bus.save() };
  }

  private get stop(): MachineState['stopped'] {
    const { exitCode } = this.bus;
    return exitCode === undefined ? this.cpu.stopped : { cause: 'exit port', code: exitCode };
  }

  /** See `MachineState.time`. */
  get guestTime(): Instant {
    return instant(this.timeBase + (this.anchor === undefined ? 0 : this.now - this.anchor));
  }

  private readTimeStamp(): bigint {
    const tsc = this.timeStamp();
    if (this.timeStampNs > 0) this.charge(this.timeStampNs);
    return tsc;
  }

  private timeStamp(): bigint {
    return this.tscBase + (BigInt(this.guestTime - this.timeBase) * this.tscKhz) / 1_000_000n;
  }

  /** Reasons to leave that hold at this boundary already. */
  private exitNow(): MachineExit | undefined {
    if (this.bus.takeProduced()) return { reason: 'output' };
    const { stop } = this;
    if (stop !== undefined) return { reason: 'stopped', ...stop };
    if (this.cpu.halted && !this.cpu.takesInterrupt) return { reason: 'halted' };
    if (this.chunkStart >= this.until) return { reason: 'budget' };
    return undefined;
  }

  /** To the next event of a device or to the end of the run. */
  private runChunk(watch: InstructionWatch | undefined): MachineExit | undefined {
    this.chunkEnd = earliest(instant(this.until), this.nextDeviceEvent());
    const wanted = Math.ceil((this.chunkEnd - this.chunkStart) / this.instructionNs);
    const before = this.cpu.retired;
    this.charged = 0;
    const missing = this.cpu.run(Math.min(wanted, CHUNK), watch);
    this.chunkStart += (this.cpu.retired - before) * this.instructionNs + this.charged;
    this.charged = 0;
    this.bus.advance(this.guestTime);
    if (missing !== undefined) return { reason: 'missing-page', gfn: gfn(missing) };
    return this.cpu.metWatch ? { reason: 'watched' } : undefined;
  }
}
