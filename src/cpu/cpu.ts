/**
 * The processor of the toy PC: 32-bit x86 in protected mode. This file runs it: blocks of decoded
 * instructions, exceptions, stops. Intel SDM vol. 2 (instructions), vol. 3A (system).
 */
import { hex32, toHex } from '../base/hex.ts';
import type { GuestMemory, MappingHolder } from '../memory/guest-memory.ts';
import { Addressing } from './addressing.ts';
import { CodeCache } from './code-cache.ts';
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
  UD,
  Unsupported,
} from './faults.ts';
import { ARITHMETIC, IF, IOPL, TF } from './flags.ts';
import { deliver } from './interrupts.ts';
import { JUMP, STRIDE_SHIFT } from './micro-op.ts';
import { Mmu } from './mmu.ts';
import { CR4_PAE, CR4_PSE } from './paging.ts';
import { TR } from './segmentation.ts';
import {
  type CpuState,
  SEGMENT_REGISTERS,
  type SegmentRegister,
  type SegmentState,
} from './state.ts';

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

const CR0_PE = 1;
const CR0_WP = 0x1_0000;
const CR0_PG = 0x8000_0000 | 0;
const CR0_FIXED = 0x10;
const CR0_WRITABLE = 0xe005_001f | 0;
const CR4_TSD = 0x04;
const CR4_DE = 0x08;
const CR4_WRITABLE = CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE;
const DR6 = 4;
const DR7 = 5;
const DR6_SINGLE_STEP = 0x4000;
/** Present, busy, 32-bit. */
const BUSY_TSS_32 = 0x8b;
const TSS_BITMAP_FIELD = 102;

export class Cpu extends Addressing implements MappingHolder {
  readonly code: CodeCache;
  /** Decoded micro-ops; see `micro-op.ts`. */
  readonly u: Int32Array;
  readonly gdtr = { base: 0, limit: 0 };
  readonly idtr = { base: 0, limit: 0 };
  cr0 = CR0_PE | CR0_FIXED;
  cr4 = 0;
  /** dr0 dr1 dr2 dr3 dr6 dr7 */
  readonly debug = new Int32Array(6);
  halted = false;
  stopped: CpuStop | undefined;

  /** Instructions left in the present run, the current one included, but for those held back. */
  left = 0;
  /** Micro-op being executed; −1 while none is. */
  pc = -1;
  /** The block must not go on after the current instruction. */
  mustLeave = false;
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
   * completing. The delivery of an exception takes the time of one instruction.
   */
  run(count: number): number | undefined {
    this.granted = count;
    this.left = count;
    this.ending = false;
    try {
      while (this.left > 0 && !this.ending && this.stopped === undefined)
        if (this.takesInterrupt) this.interrupt();
        else if (this.halted) break;
        else this.runBlocks();
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
    if (this.pendingVector !== undefined) return true;
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

  leaveBlock(): void {
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
    const value = this.bus.readPort(port, size);
    if (value === undefined)
      throw new Unsupported(`read of port 0x${port.toString(16)}: no device`);
    return value;
  }

  writePort(port: number, size: number, value: number): void {
    const masked = size === 4 ? value >>> 0 : value & ((1 << (8 * size)) - 1);
    if (!this.bus.writePort(port, size, masked))
      throw new Unsupported(`write to port 0x${port.toString(16)}: no device`);
  }

  readControl(number: number): number {
    if (number === 0) return this.cr0;
    if (number === 2) return this.mmu.cr2;
    if (number === 3) return this.mmu.paging.directory;
    if (number === 4) return this.cr4;
    throw new Fault(UD);
  }

  writeControl(number: number, value: number): void {
    if (number === 0) this.setCr0(value);
    else if (number === 2) this.mmu.cr2 = value;
    else if (number === 3) this.setCr3(value);
    else if (number === 4) this.setCr4(value);
    else throw new Fault(UD);
  }

  setCr0(value: number): void {
    const next = (value & CR0_WRITABLE) | CR0_FIXED;
    if (next & CR0_PG && !(next & CR0_PE)) throw new Fault(GP, 0);
    if (!(next & CR0_PE)) throw new Unsupported('CR0.PE cleared: real mode');
    this.cr0 = next;
    this.updatePaging();
  }

  setDebugControl(value: number): void {
    if (value & 0xff) throw new Unsupported('DR7: hardware breakpoints');
    this.debug[DR7] = value;
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
      debug: Array.from(this.debug, (value) => value >>> 0),
      tsc,
      halted: this.halted,
      interruptShadow: this.shadow,
      ...(pending === undefined ? {} : { pendingVector: pending }),
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
    this.debug.set(state.debug.map((value) => value | 0));
    this.halted = state.halted;
    this.shadow = state.interruptShadow;
    this.pendingVector = state.pendingVector;
    this.retiredBefore = state.retired;
    this.stopped = undefined;
    this.cpl = state.segments.cs.selector & 3;
    this.updatePaging();
    this.revokeAll();
  }

  private setCr3(value: number): void {
    this.mmu.paging.directory = value;
    this.forgetTranslations();
  }

  private setCr4(value: number): void {
    if (value & ~CR4_WRITABLE) throw new Fault(GP, 0);
    this.cr4 = value;
    this.updatePaging();
  }

  private updatePaging(): void {
    const { paging } = this.mmu;
    paging.enabled = (this.cr0 & CR0_PG) !== 0;
    paging.writeProtect = (this.cr0 & CR0_WP) !== 0;
    paging.cr4 = this.cr4;
    this.forgetTranslations();
    this.updateMode();
  }

  private forgetTranslations(): void {
    this.mmu.forgetTranslations();
    this.code.forgetPlace();
    this.mustLeave = true;
  }

  /** Blocks until a slow event; one instruction in an interrupt shadow or when single-stepping. */
  private runBlocks(): void {
    const { shadow, deliveries } = this;
    const steps = (this.eflags & TF) !== 0;
    try {
      const pc = this.code.find();
      if (shadow !== 0 || steps) {
        this.held = this.left - 1;
        this.left = 1;
        this.shadow = 0;
      }
      this.mustLeave = false;
      execute(this, pc);
      this.pc = -1;
      // The step between blocks is no instruction; what delivers an interrupt clears TF itself.
      if (steps && this.left === 0 && this.deliveries === deliveries && this.shadow !== 2)
        this.singleStepped();
      else if (shadow !== 0 && this.left > 0) this.shadow = shadow;
    } catch (thrown) {
      if (this.pc >= 0) this.eip = this.code.eipOf[this.pc >> STRIDE_SHIFT];
      this.pc = -1;
      this.handle(thrown, shadow);
    } finally {
      this.left += this.held;
      this.held = 0;
    }
  }

  private singleStepped(): void {
    this.debug[DR6] |= DR6_SINGLE_STEP;
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

  private handle(thrown: unknown, shadow: number): void {
    if (thrown instanceof Fault) this.deliverFault(thrown);
    else if (thrown instanceof Unsupported) this.stop(`${thrown.cause} at ${hex32(this.eip)}`, 0);
    else {
      // Nothing happened yet: the shadow still covers the instruction that starts again.
      if (thrown instanceof MissingFrame) this.shadow = shadow;
      throw thrown;
    }
  }

  /** An exception; one that cannot be delivered becomes a double fault, then a shutdown. SDM vol. 3A §6.15. */
  private deliverFault(first: Fault): void {
    let fault = first;
    for (;;) {
      try {
        deliver(this, fault.vector, fault.code, this.eip, 'hardware');
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
