/** MOV, PUSH, POP of segment registers; LDS, LES, LFS, LGS, LSS; LLDT, LTR, SLDT, STR; VERR, VERW, LAR, LSL, ARPL. SDM vol. 2. */
import type { Cpu } from '../cpu.ts';
import { Fault, GP, NP } from '../faults.ts';
import { K_EAGER, ZF } from '../flags.ts';
import { type Handler, NEXT, REG, REG2 } from '../micro-op.ts';
import {
  A_CODE,
  A_CONFORMING,
  A_PRESENT,
  A_READABLE,
  A_SEGMENT,
  A_WRITABLE,
  type Descriptor,
  errorCode,
  isNull,
  LDTR,
  loadSegment,
  readDescriptor,
  SS,
  TR,
} from '../segmentation.ts';
import { address, W16, WIDE, type Width } from './width.ts';

const SYSTEM_LDT = 2;
const SYSTEM_TSS = 9;

function load(cpu: Cpu, segment: number, selector: number): number {
  loadSegment(cpu, segment, selector & 0xffff);
  if (segment === SS) cpu.shadowNext(2);
  cpu.leaveBlock();
  return NEXT;
}

/** To a 32-bit register the selector is zero-extended; memory takes 16 bits always. */
function storeForms(
  name: string,
  suffix: string,
  width: Width,
  read: (cpu: Cpu, x: number) => number,
) {
  const forms: Record<string, Handler> = {
    [`${name}${width.bits}.r${suffix}`]: (cpu, x) => {
      width.set(cpu, cpu.u[x + REG], read(cpu, x));
      return NEXT;
    },
    [`${name}${width.bits}.m${suffix}`]: (cpu, x) => {
      cpu.mmu.write16(address(cpu, x), read(cpu, x));
      return NEXT;
    },
  };
  return forms;
}

function farPointer(cpu: Cpu, x: number, segment: number, width: Width): number {
  const at = address(cpu, x);
  const offset = width.read(cpu, at);
  const selector = cpu.mmu.read16((at + width.bytes) | 0);
  load(cpu, segment, selector);
  width.set(cpu, cpu.u[x + REG], offset);
  return NEXT;
}

function loadLocalTable(cpu: Cpu, selector: number): number {
  if (isNull(selector)) {
    cpu.setSegment(LDTR, selector, 0, 0, 0);
    return NEXT;
  }
  if (selector & 4) throw new Fault(GP, errorCode(selector));
  const d = readDescriptor(cpu, selector);
  if ((d.access & 0x1f) !== SYSTEM_LDT) throw new Fault(GP, errorCode(selector));
  if (!(d.access & A_PRESENT)) throw new Fault(NP, errorCode(selector));
  cpu.setSegment(LDTR, selector, d.base, d.limit, d.access);
  return NEXT;
}

function loadTask(cpu: Cpu, selector: number): number {
  if (isNull(selector) || selector & 4) throw new Fault(GP, errorCode(selector));
  const d = readDescriptor(cpu, selector);
  const type = d.access & 0x1f;
  if (type !== SYSTEM_TSS && type !== 1) throw new Fault(GP, errorCode(selector));
  if (!(d.access & A_PRESENT)) throw new Fault(NP, errorCode(selector));
  const busy = d.access | 2;
  cpu.mmu.asSystem(() => cpu.mmu.write8((d.at + 5) | 0, busy & 0xff));
  cpu.setSegment(TR, selector, d.base, d.limit, busy);
  return NEXT;
}

/** The descriptor, or undefined when the selector cannot be used for a look. */
function inspect(cpu: Cpu, selector: number): Descriptor | undefined {
  if (isNull(selector)) return undefined;
  try {
    return readDescriptor(cpu, selector);
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.vector === GP) return undefined;
    throw thrown;
  }
}

const isConforming = (d: Descriptor): boolean =>
  (d.access & (A_SEGMENT | A_CODE | A_CONFORMING)) === (A_SEGMENT | A_CODE | A_CONFORMING);
const isVisible = (cpu: Cpu, d: Descriptor): boolean =>
  isConforming(d) || d.dpl >= Math.max(cpu.cpl, d.selector & 3);

function setZero(cpu: Cpu, isZero: boolean): number {
  const others = cpu.arithmetic() & ~ZF;
  cpu.setFlags(K_EAGER, 0, isZero ? others | ZF : others, 0);
  return NEXT;
}

function verify(cpu: Cpu, selector: number, write: boolean): number {
  const d = inspect(cpu, selector & 0xffff);
  if (d === undefined || !(d.access & A_SEGMENT) || !isVisible(cpu, d)) return setZero(cpu, false);
  const isCode = (d.access & A_CODE) !== 0;
  if (write) return setZero(cpu, !isCode && (d.access & A_WRITABLE) !== 0);
  return setZero(cpu, !isCode || (d.access & A_READABLE) !== 0);
}

/** System descriptors that LAR and LSL accept: bit n for type n. */
const LAR_TYPES = 0x1a3e;
const LSL_TYPES = 0x0a0e;

function look(cpu: Cpu, x: number, selector: number, width: Width, types: number): number {
  const d = inspect(cpu, selector & 0xffff);
  const isKnown =
    d !== undefined && ((d.access & A_SEGMENT) !== 0 || ((types >> (d.access & 15)) & 1) !== 0);
  if (!isKnown || d === undefined || !isVisible(cpu, d)) return setZero(cpu, false);
  width.set(cpu, cpu.u[x + REG], types === LSL_TYPES ? d.limit : d.high & 0xf0_ff00);
  return setZero(cpu, true);
}

function adjustPrivilege(cpu: Cpu, destination: number, source: number): number | undefined {
  const isLower = (destination & 3) < (source & 3);
  setZero(cpu, isLower);
  return isLower ? (destination & ~3) | (source & 3) : undefined;
}

const word = (handle: (cpu: Cpu, value: number) => number) => ({
  r: (cpu: Cpu, x: number) => handle(cpu, cpu.r16[cpu.u[x + REG]] & 0xffff),
  m: (cpu: Cpu, x: number) => handle(cpu, cpu.mmu.read16(address(cpu, x))),
});
/** The privilege is looked at before the operand. */
const privileged = (action: Handler): Handler => {
  return (cpu, x) => {
    if (cpu.cpl !== 0) throw new Fault(GP, 0);
    return action(cpu, x);
  };
};
const lldt = word(loadLocalTable);
const ltr = word(loadTask);
const verr = word((cpu, selector) => verify(cpu, selector, false));
const verw = word((cpu, selector) => verify(cpu, selector, true));

export const SEGMENT: Record<string, Handler> = {
  'movts.sr': (cpu, x) => load(cpu, cpu.u[x + REG], cpu.r16[cpu.u[x + REG2]]),
  'movts.sm': (cpu, x) => load(cpu, cpu.u[x + REG], cpu.mmu.read16(address(cpu, x))),
  'lldt16.r': privileged(lldt.r),
  'lldt16.m': privileged(lldt.m),
  'ltr16.r': privileged(ltr.r),
  'ltr16.m': privileged(ltr.m),
  'verr16.r': verr.r,
  'verr16.m': verr.m,
  'verw16.r': verw.r,
  'verw16.m': verw.m,
  'arpl16.rr': (cpu, x) => {
    const adjusted = adjustPrivilege(cpu, cpu.r16[cpu.u[x + REG]], cpu.r16[cpu.u[x + REG2]]);
    if (adjusted !== undefined) cpu.r16[cpu.u[x + REG]] = adjusted;
    return NEXT;
  },
  'arpl16.mr': (cpu, x) => {
    const at = address(cpu, x);
    const value = W16.read(cpu, at);
    const other = cpu.r16[cpu.u[x + REG]];
    // Memory is written only if there is something to adjust.
    if ((value & 3) < (other & 3)) {
      cpu.requireWritable(x);
      cpu.mmu.prepare(at, 2);
    }
    const adjusted = adjustPrivilege(cpu, value, other);
    if (adjusted !== undefined) cpu.mmu.commit(adjusted, 2);
    return NEXT;
  },
};
for (const width of WIDE) {
  Object.assign(
    SEGMENT,
    storeForms('sldt', '', width, (cpu) => cpu.segSelector[LDTR]),
    storeForms('str', '', width, (cpu) => cpu.segSelector[TR]),
  );
  SEGMENT[`movfs${width.bits}.rs`] = (cpu, x) => {
    width.set(cpu, cpu.u[x + REG], cpu.segSelector[cpu.u[x + REG2]]);
    return NEXT;
  };
  SEGMENT[`movfs${width.bits}.ms`] = (cpu, x) => {
    cpu.mmu.write16(address(cpu, x), cpu.segSelector[cpu.u[x + REG]]);
    return NEXT;
  };
  SEGMENT[`pushs${width.bits}.s`] = (cpu, x) => {
    cpu.push(cpu.segSelector[cpu.u[x + REG]], width.bytes);
    return NEXT;
  };
  SEGMENT[`pops${width.bits}.s`] = (cpu, x) => {
    const selector = cpu.peek(0, width.bytes);
    load(cpu, cpu.u[x + REG], selector);
    cpu.moveStack(width.bytes);
    return NEXT;
  };
  ['les', 'lss', 'lds', 'lfs', 'lgs'].forEach((name, n) => {
    const segment = [0, 2, 3, 4, 5][n];
    SEGMENT[`${name}${width.bits}.rm`] = (cpu, x) => farPointer(cpu, x, segment, width);
  });
  for (const [name, types] of [
    ['lar', LAR_TYPES],
    ['lsl', LSL_TYPES],
  ] as const) {
    SEGMENT[`${name}${width.bits}.rr`] = (cpu, x) =>
      look(cpu, x, cpu.r16[cpu.u[x + REG2]], width, types);
    SEGMENT[`${name}${width.bits}.rm`] = (cpu, x) =>
      look(cpu, x, cpu.mmu.read16(address(cpu, x)), width, types);
  }
}
