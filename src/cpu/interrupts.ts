/** Delivery of exceptions and interrupts through the IDT, and IRET. SDM vol. 3A §6.11 to §6.13, vol. 2 "IRET". */
import type { Cpu } from './cpu.ts';
import { Fault, GP, NP, TS, Unsupported } from './faults.ts';
import { IF, IOPL, NT, RF, TF, VM } from './flags.ts';
import {
  A_BIG,
  A_CODE,
  A_CONFORMING,
  A_PRESENT,
  A_SEGMENT,
  CS,
  checkStack,
  type Descriptor,
  errorCode,
  isNull,
  markAccessed,
  readDescriptor,
  SS,
  setSegment,
  TR,
} from './segmentation.ts';

const ESP = 4;
const GATE_TASK = 5;
const GATE_INTERRUPT = 6;
const GATE_32 = 8;

/** What led to the delivery: decides the gate's privilege check and bit 0 (EXT) of error codes. */
export type Cause = 'software' | 'hardware';

interface Gate {
  readonly selector: number;
  readonly offset: number;
  readonly is32: boolean;
  readonly isInterrupt: boolean;
}

/**
 * `code` −1: no error code; `resume`: flags to be set in the frame only. Throws a fault if it cannot
 * be delivered; then nothing changed.
 */
export function deliver(
  cpu: Cpu,
  vector: number,
  code: number,
  returnTo: number,
  cause: Cause,
  resume = 0,
): void {
  const external = cause === 'hardware' ? 1 : 0;
  const gate = readGate(cpu, vector, cause, external);
  const target = codeTarget(cpu, gate, external);
  const isConforming = (target.access & A_CONFORMING) !== 0;
  const inner = !isConforming && target.dpl < cpu.cpl;
  const stack = inner ? innerStack(cpu, target.dpl, external) : undefined;
  const size = gate.is32 ? 4 : 2;
  const frame = [cpu.getEflags() | resume, cpu.segSelector[CS], returnTo];
  if (stack !== undefined) frame.unshift(cpu.segSelector[SS], cpu.r[ESP]);
  if (code >= 0) frame.push(code);
  enterCode(cpu, target, inner ? target.dpl : cpu.cpl, stack, frame, size);
  cpu.eip = gate.is32 ? gate.offset : gate.offset & 0xffff;
  cpu.eflags &= ~(TF | NT | RF | VM);
  if (gate.isInterrupt) cpu.eflags &= ~IF;
}

function readGate(cpu: Cpu, vector: number, cause: Cause, external: number): Gate {
  const offset = vector * 8;
  const code = offset | 2 | external;
  if (offset + 7 > cpu.idtr.limit) throw new Fault(GP, code);
  const at = (cpu.idtr.base + offset) | 0;
  const [low, high] = cpu.mmu.asSystem(() => [cpu.mmu.read32(at), cpu.mmu.read32((at + 4) | 0)]);
  const type = (high >> 8) & 0x1f;
  if (type === GATE_TASK) throw new Unsupported('task gate: hardware task switch');
  if ((type & ~(GATE_32 | 1)) !== GATE_INTERRUPT) throw new Fault(GP, code);
  const dpl = (high >> 13) & 3;
  if (cause === 'software' && dpl < cpu.cpl) throw new Fault(GP, offset | 2);
  if (!(high & 0x8000)) throw new Fault(NP, code);
  return {
    selector: low >>> 16,
    offset: (high & 0xffff_0000) | (low & 0xffff),
    is32: (type & GATE_32) !== 0,
    isInterrupt: (type & 1) === 0,
  };
}

function codeTarget(cpu: Cpu, gate: Gate, external: number): Descriptor {
  const { selector } = gate;
  if (isNull(selector)) throw new Fault(GP, external);
  const d = readDescriptor(cpu, selector, GP, external);
  const isCode = (d.access & (A_SEGMENT | A_CODE)) === (A_SEGMENT | A_CODE);
  if (!isCode || d.dpl > cpu.cpl) throw new Fault(GP, errorCode(selector) | external);
  if (!(d.access & A_PRESENT)) throw new Fault(NP, errorCode(selector) | external);
  if ((gate.is32 ? gate.offset >>> 0 : gate.offset & 0xffff) > d.limit)
    throw new Fault(GP, external);
  return d;
}

interface NewStack {
  readonly descriptor: Descriptor;
  readonly pointer: number;
}

/** Stack of an inner ring, from the task state segment. */
export function innerStack(cpu: Cpu, level: number, external: number): NewStack {
  const is32 = (cpu.segAccess[TR] & 8) !== 0;
  const offset = is32 ? 4 + 8 * level : 2 + 4 * level;
  const taskCode = errorCode(cpu.segSelector[TR]) | external;
  if (offset + (is32 ? 7 : 3) > cpu.segLimit[TR]) throw new Fault(TS, taskCode);
  const at = (cpu.segBase[TR] + offset) | 0;
  const { mmu } = cpu;
  const [pointer, selector] = mmu.asSystem(() =>
    is32 ? [mmu.read32(at), mmu.read16((at + 4) | 0)] : [mmu.read16(at), mmu.read16((at + 2) | 0)],
  );
  return { descriptor: checkStack(cpu, selector, level, TS), pointer };
}

/**
 * The common end of interrupts and far calls: the code segment, the stack of an inner ring if there is
 * one, and what is pushed onto it. All stores are proved possible before anything takes effect.
 */
export function enterCode(
  cpu: Cpu,
  target: Descriptor,
  level: number,
  stack: NewStack | undefined,
  frame: readonly number[],
  size: 2 | 4,
): void {
  if (stack === undefined) cpu.prepareStack(frame.length, size);
  else proveStack(cpu, stack, frame.length * size);
  loadCode(cpu, markAccessed(cpu, target), level);
  if (stack !== undefined) {
    setSegment(cpu, SS, stack.descriptor);
    cpu.setStack(stack.pointer);
  }
  for (const value of frame) cpu.push(value, size);
}

function proveStack(cpu: Cpu, { descriptor, pointer }: NewStack, total: number): void {
  const lowest = (pointer - total) & (descriptor.access & A_BIG ? -1 : 0xffff);
  cpu.checkRange(SS, descriptor, lowest, total);
  cpu.mmu.asSystem(() => cpu.mmu.prepare((descriptor.base + lowest) | 0, total));
}

export function loadCode(cpu: Cpu, d: Descriptor, level: number): void {
  cpu.setSegment(CS, (d.selector & ~3) | level, d.base, d.limit, d.access);
}

/** IRET to the same or an outer ring. */
export function interruptReturn(cpu: Cpu, size: 2 | 4): void {
  if (cpu.eflags & NT) throw new Unsupported('IRET with NT set: hardware task switch');
  const eip = size === 4 ? cpu.peek(0, 4) : cpu.peek(0, 2) & 0xffff;
  const selector = cpu.peek(size, size) & 0xffff;
  const flags = cpu.peek(2 * size, size);
  if (size === 4 && flags & VM && cpu.cpl === 0) throw new Unsupported('virtual-8086 mode');
  const mask = returnFlags(cpu, size);
  returnTo(cpu, selector, eip, size, 3 * size, 0);
  cpu.setEflags(flags, mask);
}

/** What IRET may change at the privilege it starts at. */
function returnFlags(cpu: Cpu, size: 2 | 4): number {
  const interrupts = cpu.cpl <= (cpu.eflags & IOPL) >> 12 ? IF : 0;
  const all = cpu.settableFlags | interrupts | (cpu.cpl === 0 ? IOPL : 0) | RF;
  return size === 2 ? all & 0xffff : all;
}

/** The common end of IRET and RETF: `depth` bytes of the stack were read, `release` more are given up. */
export function returnTo(
  cpu: Cpu,
  selector: number,
  eip: number,
  size: 2 | 4,
  depth: number,
  release: number,
): void {
  if (isNull(selector)) throw new Fault(GP, 0);
  const target = readDescriptor(cpu, selector);
  const level = selector & 3;
  const isCode = (target.access & (A_SEGMENT | A_CODE)) === (A_SEGMENT | A_CODE);
  const conforming = (target.access & A_CONFORMING) !== 0;
  const allowed = conforming ? target.dpl <= level : target.dpl === level;
  if (!isCode || !allowed || level < cpu.cpl) throw new Fault(GP, errorCode(selector));
  if (!(target.access & A_PRESENT)) throw new Fault(NP, errorCode(selector));
  if (eip >>> 0 > target.limit) throw new Fault(GP, 0);
  if (level === cpu.cpl) {
    loadCode(cpu, markAccessed(cpu, target), level);
    cpu.moveStack(depth + release);
    cpu.eip = eip;
    return;
  }
  const pointer = cpu.peek(depth + release, size);
  const stackSelector = cpu.peek(depth + release + size, size) & 0xffff;
  const stack = checkStack(cpu, stackSelector, level, GP);
  loadCode(cpu, markAccessed(cpu, target), level);
  setSegment(cpu, SS, stack);
  cpu.setStack(size === 2 ? pointer & 0xffff : pointer);
  cpu.moveStack(release);
  dropInnerSegments(cpu, level);
  cpu.eip = eip;
}

/** Data segments that the outer ring may not see become null. */
function dropInnerSegments(cpu: Cpu, level: number): void {
  for (const segment of [0, 3, 4, 5]) {
    const access = cpu.segAccess[segment];
    const conforming = (access & (A_CODE | A_CONFORMING)) === (A_CODE | A_CONFORMING);
    if (!conforming && ((access >> 5) & 3) < level) cpu.setSegment(segment, 0, 0, 0, 0);
  }
}
