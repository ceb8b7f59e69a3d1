/**
 * The processor of the toy PC: 32-bit x86 in protected mode. This file runs it: blocks of decoded
 * instructions, exceptions, stops. Intel SDM vol. 2 (instructions), vol. 3A (system).
 */
import { hex32, toHex } from '../base/hex.ts';
import type { GuestMemory, MappingHolder } from '../memory/guest-memory.ts';
import { DR6_SINGLE_STEP } from './breakpoints.ts';
import { CodeCache } from './code-cache.ts';
import { ControlRegisters } from './control-registers.ts';
import { disassemble } from './disassemble.ts';
import { execute } from './execute.ts';
import {
  DB,
  DFV,
  Fault,
  faultName,
  GP,
  MissingFrame,
  makesDoubleFault,
  NO_CODE,
  Unsupported,
} from './faults.ts';
import { ARITHMETIC, IF, IOPL, RF, TF } from './flags.ts';
import { deliver } from './interrupts.ts';
import { JUMP, STRIDE_SHIFT } from './micro-op.ts';
import { Mmu } from './mmu.ts';
import { TR } from './segmentation.ts';
import {
  type CpuState,
  SEGMENT_REGISTERS,
  type SegmentRegister,
  type SegmentState,
} from './state.ts';
import type { InstructionWatch } from './watch.ts';

/** What the processor asks of the machine around it. */
export interface CpuBus {
  /** Undefined: no device at the port. */
  readPort(port: number, size: number): number | undefined;
  /** False: no device at the port. */
  writePort(port: number, size: number, value: number): boolean;
  timeStamp(): bigint;
  /** INTR: an interrupt waits. Absent: there is no interrupt controller. */
  hasInterrupt?(): boolean;
  /** INTA: the vector to deliver. */
  acknowledge?(): number;
}

/** Why the processor will not run again. */
export interface CpuStop {
  readonly cause: string;
  readonly code: number;
}

/** Present, busy, 32-bit. */
const BUSY_TSS_32 = 0x8b;
const TSS_BITMAP_FIELD = 102;

export class Cpu extends ControlRegisters implements MappingHolder {
  readonly code: CodeCache;
  /** Decoded micro-ops; see `micro-op.ts`. */
  readonly u: Int32Array;
  halted = false;
  stopped: CpuStop | undefined;

  /** Instructions left in the present run, the current one included, but for those held back. */
  left = 0;
  /** The last instruction was one step of a repeated one, which is not finished. */
  isRepeating = false;
  /** The last run ended before an instruction that is watched. */
  metWatch = false;
  /** Micro-op being executed; −1 while none is. */
  pc = -1;
  private shadow = 0;
  /** See `CpuState.pendingVector`. */
  private pendingVector: number | undefined;
  private deliveries = 0;
  private ending = false;
  /** Part of the run that is not granted to the present block. */
  private held = 0;
  private granted = 0;
  private retiredBefore = 0;
  private readonly bus: CpuBus;

  constructor(memory: GuestMemory, bus: CpuBus) {
    super(new Mmu(memory));
    this.bus = bus;
    this.code = new CodeCache(this, memory.frames);
    this.u = this.code.u;
    this.mmu.code = this.code;
  }

  get retired(): number {
    return this.retiredBefore + this.executed;
  }

  /** Instructions retired in the present run. */
  get executed(): number {
    return this.granted - this.left - this.held;
  }

  get instructionPointer(): number {
    return (this.pc >= 0 ? this.code.eipOf[this.pc >> STRIDE_SHIFT] : this.eip) >>> 0;
  }

  /**
   * Runs `count` instructions or fewer; gives the guest frame whose absence kept one from
   * completing. The delivery of an exception takes the time of one instruction. With a watch it goes
   * one instruction at a time, with the same results.
   */
  run(count: number, watch?: InstructionWatch): number | undefined {
    this.granted = count;
    this.left = count;
    this.ending = false;
    this.metWatch = false;
    try {
      while (this.left > 0 && !this.ending && this.stopped === undefined)
        if (this.takesInterrupt) this.interrupt();
        else if (this.halted) break;
        else if (watch === undefined) this.runBlocks();
        else if (this.meets(watch)) break;
        else this.runBlocks(true);
      return undefined;
    } catch (thrown) {
      if (thrown instanceof MissingFrame) return thrown.gfn;
      throw thrown;
    } finally {
      this.retiredBefore += this.executed;
      this.granted = 0;
      this.left = 0;
    }
  }

  /** An interrupt would be delivered before the next instruction. */
  get takesInterrupt(): boolean {
    // A debug trap after a load of SS waits for the next instruction as well.
    if (this.pendingVector !== undefined) return this.shadow !== 2;
    if (!(this.eflags & IF) || this.shadow !== 0) return false;
    return this.bus.hasInterrupt?.() ?? false;
  }

  timeStamp(): bigint {
    return this.bus.timeStamp();
  }

  /** At most `executed` + `more` instructions in this run. Pre: `more` ≥ 1. */
  shorten(more: number): void {
    const cut = this.left + this.held - more;
    if (cut <= 0) return;
    const fromHeld = Math.min(cut, this.held);
    this.held -= fromHeld;
    this.left -= cut - fromHeld;
    this.granted -= cut;
  }

  /** No further instruction after the current one in this run. */
  endSlice(): void {
    this.ending = true;
    this.mustLeave = true;
  }

  halt(): void {
    this.halted = true;
    this.mustLeave = true;
  }

  stop(cause: string, code: number): void {
    this.stopped = { cause, code };
    this.mustLeave = true;
  }

  /** The next instruction takes no interrupt. 1: by STI, 2: by a load of SS. */
  shadowNext(kind: 1 | 2): void {
    this.shadow = kind;
    this.mustLeave = true;
  }

  softwareInterrupt(x: number, vector: number): number {
    deliver(this, vector, NO_CODE, this.code.eipOf[(x >> STRIDE_SHIFT) + 1], 'software');
    this.deliveries++;
    return JUMP;
  }

  /** An exception reported after its instruction, without the privilege check of INT n. */
  trap(x: number, vector: number): number {
    deliver(this, vector, NO_CODE, this.code.eipOf[(x >> STRIDE_SHIFT) + 1], 'hardware');
    this.deliveries++;
    return JUMP;
  }

  /** Without I/O privilege the task state segment's bitmap decides. SDM vol. 1 §19.5.2. */
  checkPort(port: number, size: number): void {
    if (this.cpl <= (this.eflags & IOPL) >> 12) return;
    const limit = this.segLimit[TR];
    const is32 = (this.segAccess[TR] & 0x9f) === BUSY_TSS_32;
    if (!is32 || limit < TSS_BITMAP_FIELD + 1) throw new Fault(GP, 0);
    const { mmu } = this;
    const bits = mmu.asSystem(() => {
      const at = mmu.read16((this.segBase[TR] + TSS_BITMAP_FIELD) | 0) + (port >> 3);
      return at + 1 > limit ? -1 : mmu.read16((this.segBase[TR] + at) | 0);
    });
    if ((bits >> (port & 7)) & ((1 << size) - 1)) throw new Fault(GP, 0);
  }

  readPort(port: number, size: number): number {
    this.breakpoints.portAccessed(port, size);
    const value = this.bus.readPort(port, size);
    if (value === undefined)
      throw new Unsupported(`read of port 0x${port.toString(16)}: no device`);
    return value;
  }

  writePort(port: number, size: number, value: number): void {
    this.breakpoints.portAccessed(port, size);
    const masked = size === 4 ? value >>> 0 : value & ((1 << (8 * size)) - 1);
    if (!this.bus.writePort(port, size, masked))
      throw new Unsupported(`write to port 0x${port.toString(16)}: no device`);
  }

  writePhysical(address: number, bytes: Uint8Array): void {
    this.mmu.writePhysical(address, bytes);
  }

  revokeWrite(gfn: number): void {
    this.mmu.revokeWrite(gfn);
  }

  revokeAllWrites(): void {
    this.mmu.revokeAllWrites();
  }

  revoke(gfn: number): void {
    this.mmu.revoke(gfn);
  }

  revokeAll(): void {
    this.mmu.revokeAll();
  }

  save(tsc: bigint): CpuState {
    const table = ({ base, limit }: { base: number; limit: number }) => ({
      base: base >>> 0,
      limit,
    });
    const segments = {} as Record<SegmentRegister, SegmentState>;
    SEGMENT_REGISTERS.forEach((name, n) => {
      segments[name] = {
        selector: this.segSelector[n],
        base: this.segBase[n] >>> 0,
        limit: this.segLimit[n],
        access: this.segAccess[n],
      };
    });
    const pending = this.pendingVector;
    const { pointers } = this.mmu.paging;
    return {
      general: Array.from({ length: 8 }, (_, n) => this.r[n] >>> 0),
      eip: this.eip >>> 0,
      eflags: this.getEflags() >>> 0,
      segments,
      gdtr: table(this.gdtr),
      idtr: table(this.idtr),
      cr0: this.cr0 >>> 0,
      cr2: this.mmu.cr2 >>> 0,
      cr3: this.mmu.paging.directory >>> 0,
      cr4: this.cr4 >>> 0,
      debug: Array.from(this.breakpoints.registers, (value) => value >>> 0),
      tsc,
      halted: this.halted,
      interruptShadow: this.shadow,
      ...(pending === undefined ? {} : { pendingVector: pending }),
      ...(pointers && { pageDirectoryPointers: Array.from(pointers, (word) => word >>> 0) }),
      retired: this.retired,
    };
  }

  /** Decoded code and translations are forgotten: what memory holds may be another. */
  restore(state: CpuState): void {
    this.r.set(state.general.slice(0, 8).map((value) => value | 0));
    this.eip = state.eip | 0;
    this.setArithmetic(state.eflags);
    this.eflags = (state.eflags & ~ARITHMETIC) | 2;
    SEGMENT_REGISTERS.forEach((name, n) => {
      const { selector, base, limit, access } = state.segments[name];
      this.segSelector[n] = selector;
      this.segBase[n] = base | 0;
      this.segLimit[n] = limit;
      this.segAccess[n] = access;
    });
    Object.assign(this.gdtr, { base: state.gdtr.base | 0, limit: state.gdtr.limit });
    Object.assign(this.idtr, { base: state.idtr.base | 0, limit: state.idtr.limit });
    this.cr0 = state.cr0 | 0;
    this.cr4 = state.cr4 | 0;
    this.mmu.cr2 = state.cr2 | 0;
    this.mmu.paging.directory = state.cr3 | 0;
    this.breakpoints.registers.set(state.debug.map((value) => value | 0));
    this.updateBreakpoints();
    this.halted = state.halted;
    this.shadow = state.interruptShadow;
    this.pendingVector = state.pendingVector;
    this.retiredBefore = state.retired;
    this.stopped = undefined;
    this.cpl = state.segments.cs.selector & 3;
    this.updatePaging();
    const pointers = state.pageDirectoryPointers;
    this.mmu.paging.pointers = pointers && Int32Array.from(pointers, (word) => word | 0);
    this.revokeAll();
  }

  private meets({ addresses, after }: InstructionWatch): boolean {
    const at = (this.codeBase + this.eip) >>> 0;
    // A repeated instruction is met once, before its first step.
    this.metWatch = this.retired > after && !this.isRepeating && (addresses?.has(at) ?? true);
    return this.metWatch;
  }

  /** Blocks until a slow event; one instruction where something has to be done after each. */
  private runBlocks(single = false): void {
    const { shadow, deliveries, breakpoints } = this;
    const flags = this.eflags;
    if (breakpoints.active && !(flags & RF) && shadow !== 2 && this.meetsBreakpoint()) return;
    const steps = breakpoints.active || (flags & (TF | RF)) !== 0;
    // RF covers one instruction; what sets it again is IRET.
    this.eflags &= ~RF;
    try {
      const pc = this.code.find();
      if (single || shadow !== 0 || steps) {
        this.held = this.left - 1;
        this.left = 1;
        this.shadow = 0;
      }
      this.mustLeave = false;
      this.isRepeating = false;
      execute(this, pc);
      this.pc = -1;
      // The step between blocks is no instruction; what delivers an interrupt clears TF itself.
      const isDone = this.left === 0;
      if (steps && isDone && this.deliveries === deliveries) this.stepped(flags);
      else if (!isDone) this.backToStart(flags, shadow);
    } catch (thrown) {
      if (this.pc >= 0) this.eip = this.code.eipOf[this.pc >> STRIDE_SHIFT];
      this.pc = -1;
      this.handle(thrown, flags, shadow);
    } finally {
      this.left += this.held;
      this.held = 0;
      breakpoints.hits = 0;
    }
  }

  /** Nothing happened yet: shadow and RF still cover the instruction that comes. */
  private backToStart(flags: number, shadow: number): void {
    this.eflags |= flags & RF;
    if (shadow !== 0) this.shadow = shadow;
  }

  /** An instruction at a breakpoint is not executed; its handler may let it pass with RF. */
  private meetsBreakpoint(): boolean {
    const hits = this.breakpoints.atInstruction((this.codeBase + this.eip) | 0);
    if (hits === 0) return false;
    this.breakpoints.report(hits);
    this.deliverFault(new Fault(DB));
    return true;
  }

  /** Traps after an instruction: single-step, unless it loaded SS, and breakpoints on data. */
  private stepped(flags: number): void {
    // Its breakpoint was met at the first step.
    if (this.isRepeating && this.breakpoints.active) this.eflags |= RF;
    const single = flags & TF && this.shadow !== 2 ? DR6_SINGLE_STEP : 0;
    const bits = single | this.breakpoints.hits;
    if (bits === 0) return;
    this.breakpoints.report(bits);
    this.pendingVector = DB;
  }

  /** An interrupt from outside, or a trap after an instruction; takes the time of one. */
  private interrupt(): void {
    this.pendingVector ??= this.bus.acknowledge?.();
    const vector = this.pendingVector;
    if (vector === undefined) return;
    this.deliverFault(new Fault(vector));
    this.pendingVector = undefined;
    this.halted = false;
  }

  private handle(thrown: unknown, flags: number, shadow: number): void {
    if (thrown instanceof Fault) this.deliverFault(thrown, thrown.vector === DFV ? 0 : RF);
    else if (thrown instanceof Unsupported) this.stop(`${thrown.cause} at ${hex32(this.eip)}`, 0);
    else {
      if (thrown instanceof MissingFrame) this.backToStart(flags, shadow);
      throw thrown;
    }
  }

  /**
   * An exception; one that cannot be delivered becomes a double fault, then a shutdown. SDM vol. 3A
   * §6.15. `resume`: RF for the handler's image of the flags, so that the instruction it goes back to
   * meets no breakpoint twice (vol. 3B §17.3.1.1).
   */
  private deliverFault(first: Fault, resume = 0): void {
    let fault = first;
    for (;;) {
      try {
        deliver(this, fault.vector, fault.code, this.eip, 'hardware', resume);
        this.deliveries++;
        this.shadow = 0;
        this.left--;
        return;
      } catch (thrown) {
        if (thrown instanceof Unsupported) {
          this.stop(`${thrown.cause} at ${hex32(this.eip)}`, 0);
          return;
        }
        if (!(thrown instanceof Fault)) throw thrown;
        if (fault.vector === DFV) {
          this.stop(`triple fault after ${this.describe(first)}`, 0);
          return;
        }
        fault = makesDoubleFault(fault.vector, thrown.vector) ? new Fault(DFV, 0) : thrown;
      }
    }
  }

  private describe(fault: Fault): string {
    return `${faultName(fault.vector)} at ${hex32(this.eip)}: ${this.bytesAt(this.eip)}`;
  }

  /** The instruction for a message, as far as it can be read: its bytes, and what they mean. */
  private bytesAt(eip: number): string {
    const bytes: number[] = [];
    let text = '';
    try {
      const instruction = this.code.peekInstruction(eip);
      for (let i = 0; i < instruction.length; i++)
        bytes.push(this.mmu.read8((this.codeBase + eip + i) | 0));
      if (instruction.opcode !== undefined) text = ` (${disassemble(instruction, eip)})`;
    } catch (thrown) {
      if (!(thrown instanceof Fault || thrown instanceof MissingFrame)) throw thrown;
    }
    if (bytes.length === 0) return 'unreadable';
    return bytes.map((byte) => toHex(Uint8Array.of(byte))).join(' ') + text;
  }
}
