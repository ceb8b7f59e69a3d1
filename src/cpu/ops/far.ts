/** Far JMP, CALL, RET and IRET. SDM vol. 2, vol. 3A §5.8 (privilege), §5.8.3 (call gates). */
import type { Cpu } from '../cpu.ts';
import { Fault, GP, NP, Unsupported } from '../faults.ts';
import { enterCode, innerStack, interruptReturn, loadCode, returnTo } from '../interrupts.ts';
import { type Handler, IMM, JUMP, REG2, STRIDE_SHIFT } from '../micro-op.ts';
import {
  A_CODE,
  A_CONFORMING,
  A_PRESENT,
  A_SEGMENT,
  CS,
  type Descriptor,
  errorCode,
  isNull,
  markAccessed,
  readDescriptor,
  SS,
} from '../segmentation.ts';
import { address, WIDE, type Width } from './width.ts';

const ESP = 4;
const CALL_GATE_16 = 4;
const CALL_GATE_32 = 12;
const TASK_TYPES = [1, 3, 5, 9, 11];

const isCode = (d: Descriptor): boolean =>
  (d.access & (A_SEGMENT | A_CODE)) === (A_SEGMENT | A_CODE);

/** Checks a code segment reached without a gate. */
function checkDirect(cpu: Cpu, d: Descriptor, offset: number): void {
  const conforming = (d.access & A_CONFORMING) !== 0;
  const requested = d.selector & 3;
  const allowed = conforming ? d.dpl <= cpu.cpl : d.dpl === cpu.cpl && requested <= cpu.cpl;
  if (!allowed) throw new Fault(GP, errorCode(d.selector));
  if (!(d.access & A_PRESENT)) throw new Fault(NP, errorCode(d.selector));
  if (offset >>> 0 > d.limit) throw new Fault(GP, 0);
}

interface CallGate {
  readonly target: Descriptor;
  readonly offset: number;
  readonly parameters: number;
  readonly size: 2 | 4;
}

function readCallGate(cpu: Cpu, d: Descriptor): CallGate {
  const type = d.access & 0x1f;
  if (TASK_TYPES.includes(type))
    throw new Unsupported('far transfer to a task: hardware task switch');
  if (type !== CALL_GATE_16 && type !== CALL_GATE_32) throw new Fault(GP, errorCode(d.selector));
  if (d.dpl < Math.max(cpu.cpl, d.selector & 3)) throw new Fault(GP, errorCode(d.selector));
  if (!(d.access & A_PRESENT)) throw new Fault(NP, errorCode(d.selector));
  const selector = d.low >>> 16;
  if (isNull(selector)) throw new Fault(GP, 0);
  const target = readDescriptor(cpu, selector);
  if (!isCode(target) || target.dpl > cpu.cpl) throw new Fault(GP, errorCode(selector));
  if (!(target.access & A_PRESENT)) throw new Fault(NP, errorCode(selector));
  const is32 = type === CALL_GATE_32;
  const offset = (d.low & 0xffff) | (is32 ? d.high & 0xffff_0000 : 0);
  if (offset >>> 0 > target.limit) throw new Fault(GP, 0);
  return { target, offset, parameters: d.high & 31, size: is32 ? 4 : 2 };
}

function target(cpu: Cpu, selector: number): Descriptor {
  if (isNull(selector)) throw new Fault(GP, 0);
  return readDescriptor(cpu, selector);
}

function jumpFar(cpu: Cpu, selector: number, offset: number): number {
  const d = target(cpu, selector);
  if (isCode(d)) {
    checkDirect(cpu, d, offset);
    loadCode(cpu, markAccessed(cpu, d), cpu.cpl);
    cpu.eip = offset;
    return JUMP;
  }
  const gate = readCallGate(cpu, d);
  const conforming = (gate.target.access & A_CONFORMING) !== 0;
  if (!conforming && gate.target.dpl !== cpu.cpl)
    throw new Fault(GP, errorCode(gate.target.selector));
  loadCode(cpu, markAccessed(cpu, gate.target), cpu.cpl);
  cpu.eip = gate.offset;
  return JUMP;
}

function callFar(cpu: Cpu, x: number, selector: number, offset: number, width: Width): number {
  const back = cpu.code.eipOf[(x >> STRIDE_SHIFT) + 1];
  const d = target(cpu, selector);
  if (isCode(d)) {
    checkDirect(cpu, d, offset);
    enterCode(cpu, d, cpu.cpl, undefined, [cpu.segSelector[CS], back], width.bytes === 2 ? 2 : 4);
    cpu.eip = offset;
    return JUMP;
  }
  const gate = readCallGate(cpu, d);
  const conforming = (gate.target.access & A_CONFORMING) !== 0;
  if (conforming || gate.target.dpl === cpu.cpl)
    enterCode(cpu, gate.target, cpu.cpl, undefined, [cpu.segSelector[CS], back], gate.size);
  else callInner(cpu, gate, back);
  cpu.eip = gate.offset;
  return JUMP;
}

/** Through a call gate to an inner ring: the stack changes and parameters are copied. */
function callInner(cpu: Cpu, gate: CallGate, back: number): void {
  const { size, parameters } = gate;
  const level = gate.target.dpl;
  const stack = innerStack(cpu, level, 0);
  const copied = Array.from({ length: parameters }, (_, n) => cpu.peek(n * size, size)).reverse();
  const values = [cpu.segSelector[SS], cpu.r[ESP], ...copied, cpu.segSelector[CS], back];
  enterCode(cpu, gate.target, level, stack, values, size);
}

function returnFar(cpu: Cpu, width: Width, release: number): number {
  const size = width.bytes === 2 ? 2 : 4;
  const offset = cpu.peek(0, size);
  const selector = cpu.peek(size, size) & 0xffff;
  returnTo(cpu, selector, size === 2 ? offset & 0xffff : offset, size, 2 * size, release);
  return JUMP;
}

export const FAR: Record<string, Handler> = {};
for (const width of WIDE) {
  const { bits } = width;
  const narrow = (offset: number) => (bits === 16 ? offset & 0xffff : offset);
  const pointer = (cpu: Cpu, x: number): [number, number] => {
    const at = address(cpu, x);
    const offset = narrow(width.read(cpu, at));
    return [cpu.mmu.read16((at + width.bytes) | 0), offset];
  };
  FAR[`jmpf${bits}.p`] = (cpu, x) => jumpFar(cpu, cpu.u[x + REG2], narrow(cpu.u[x + IMM]));
  FAR[`jmpf${bits}.m`] = (cpu, x) => jumpFar(cpu, ...pointer(cpu, x));
  FAR[`callf${bits}.p`] = (cpu, x) =>
    callFar(cpu, x, cpu.u[x + REG2], narrow(cpu.u[x + IMM]), width);
  FAR[`callf${bits}.m`] = (cpu, x) => callFar(cpu, x, ...pointer(cpu, x), width);
  FAR[`retf${bits}`] = (cpu) => returnFar(cpu, width, 0);
  FAR[`retf${bits}.i`] = (cpu, x) => returnFar(cpu, width, cpu.u[x + IMM] & 0xffff);
  FAR[`iret${bits}`] = (cpu) => {
    interruptReturn(cpu, bits === 16 ? 2 : 4);
    cpu.leaveBlock();
    return JUMP;
  };
}
