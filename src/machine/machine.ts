/**
 * The toy PC: processor, memory and devices on one bus, under a virtual clock. A retired instruction
 * takes `instructionNs`; what the VMM charges while it handles a first write comes on top. Where a
 * run is cut into slices changes nothing: a slice ends at an instruction boundary, and everything
 * that happens has its moment from the number of instructions and charges before it.
 */
import { assert } from '../base/assert.ts';
import { type Gfn, gfn, type Instant, instant, NEVER, START } from '../base/units.ts';
import { Cpu } from '../cpu/cpu.ts';
import { GENERAL_REGISTERS, SEGMENT_REGISTERS } from '../cpu/state.ts';
import type { GuestMemory, MappingHolder } from '../memory/guest-memory.ts';
import type { MachineState } from './machine-state.ts';
import { PortBus } from './port-bus.ts';

/** Longest run of the processor between two looks at the clock; its length changes no result. */
const CHUNK = 1 << 20;
/** The time-stamp counter's rate. */
const TSC_KHZ = 1_000_000n;

export type MachineExit =
  | { readonly reason: 'budget' }
  | { readonly reason: 'output' }
  | { readonly reason: 'halted' }
  | { readonly reason: 'missing-page'; readonly gfn: Gfn }
  | { readonly reason: 'stopped'; readonly cause: string; readonly code: number };

export interface MachineRun {
  readonly exit: MachineExit;
  readonly now: Instant;
}

export class Machine implements MappingHolder {
  readonly memory: GuestMemory;
  private readonly instructionNs: number;
  private readonly cpu: Cpu;
  private readonly ports: PortBus;

  private running = false;
  private until = 0;
  /** Virtual time at the start of the present chunk, or of the last boundary when not running. */
  private chunkStart = 0;
  private charged = 0;
  private tscBase = 0n;
  /** When the counter stood at `tscBase`; unknown between a restore and the next run. */
  private tscAnchor: number | undefined;

  constructor(memory: GuestMemory, config: { readonly instructionNs: number }) {
    assert(
      Number.isInteger(config.instructionNs) && config.instructionNs > 0,
      'an instruction takes a whole number of nanoseconds',
    );
    this.memory = memory;
    this.instructionNs = config.instructionNs;
    this.ports = new PortBus(() => this.cpu.endSlice());
    this.cpu = new Cpu(memory, {
      readPort: (port, size) => this.ports.read(port, size),
      writePort: (port, size, value) => this.ports.write(port, size, value),
      timeStamp: () => this.timeStamp(),
    });
  }

  /** Retired instructions since boot; a step of a repeated string instruction counts as one. */
  get retired(): number {
    return this.cpu.retired;
  }

  get eip(): number {
    return this.cpu.instructionPointer;
  }

  /** Virtual time now: inside a hook, the start of the current instruction plus its charges. */
  get now(): Instant {
    if (!this.running) return instant(this.chunkStart);
    return instant(this.chunkStart + this.cpu.executed * this.instructionNs + this.charged);
  }

  /**
   * Runs to the first instruction boundary at or after `until`, or to an earlier exit.
   * Pre: `until` does not lie before `now`.
   */
  run(now: Instant, until: Instant): MachineRun {
    assert(!this.running, 'a machine is not run from inside its own hooks');
    this.chunkStart = now;
    this.until = until;
    this.tscAnchor ??= now;
    this.running = true;
    try {
      for (;;) {
        const exit = this.exitNow() ?? this.runChunk();
        if (exit !== undefined) return { exit, now: instant(this.chunkStart) };
      }
    } finally {
      this.running = false;
    }
  }

  /** Adds virtual time to the current instruction. For the VMM, from inside its `mapForWrite`. */
  charge(nanoseconds: number): void {
    // A store by the host between two runs is not the guest's time.
    if (!this.running) return;
    this.charged += nanoseconds;
    const total = Math.ceil((this.until - this.chunkStart - this.charged) / this.instructionNs);
    // The current instruction always completes.
    this.cpu.shorten(Math.max(1, total - this.cpu.executed));
  }

  /** Earliest moment at which a device wants to act by itself. */
  nextDeviceEvent(): Instant {
    return NEVER;
  }

  takeOutput(): { readonly debug: Uint8Array; readonly serial: Uint8Array } {
    return this.ports.takeOutput();
  }

  /** A byte arrives at the UART. False: the receiver was full and the byte is lost. */
  receiveSerial(byte: number): boolean {
    return this.ports.uart.receive(byte);
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
    const state = { cpu: this.cpu.save(this.timeStamp()), uart: this.ports.uart.save() };
    const { stop } = this;
    return stop === undefined ? state : { ...state, stopped: stop };
  }

  restore(state: MachineState): void {
    this.cpu.restore(state.cpu);
    this.ports.uart.restore(state.uart);
    this.ports.exit = undefined;
    this.cpu.stopped = state.stopped;
    this.tscBase = state.cpu.tsc;
    this.tscAnchor = undefined;
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

  private get stop(): MachineState['stopped'] {
    return this.ports.exit ?? this.cpu.stopped;
  }

  private timeStamp(): bigint {
    if (this.tscAnchor === undefined) return this.tscBase;
    return this.tscBase + (BigInt(this.now - this.tscAnchor) * TSC_KHZ) / 1_000_000n;
  }

  /** Reasons to leave that hold at this boundary already. */
  private exitNow(): MachineExit | undefined {
    if (this.ports.takeProduced()) return { reason: 'output' };
    const { stop } = this;
    if (stop !== undefined) return { reason: 'stopped', ...stop };
    if (this.cpu.halted && !this.cpu.takesInterrupt) return { reason: 'halted' };
    if (this.chunkStart >= this.until) return { reason: 'budget' };
    return undefined;
  }

  private runChunk(): MachineExit | undefined {
    const wanted = Math.ceil((this.until - this.chunkStart) / this.instructionNs);
    const before = this.cpu.retired;
    this.charged = 0;
    const missing = this.cpu.run(Math.min(wanted, CHUNK));
    this.chunkStart += (this.cpu.retired - before) * this.instructionNs + this.charged;
    this.charged = 0;
    return missing === undefined ? undefined : { reason: 'missing-page', gfn: gfn(missing) };
  }
}
