/** Descriptors and loading of segment registers. SDM vol. 3A §3.4, §5.5 to §5.8. */
import type { Cpu } from './cpu.ts';
import { Fault, GP, NP, SS as SS_VECTOR } from './faults.ts';

export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;
export const LDTR = 6;
export const TR = 7;

/** Access rights as `SegmentState.access` keeps them. */
export const A_ACCESSED = 0x01;
/** Data: writable. Code: readable. */
export const A_WRITABLE = 0x02;
export const A_READABLE = 0x02;
export const A_EXPAND_DOWN = 0x04;
export const A_CONFORMING = 0x04;
export const A_CODE = 0x08;
export const A_SEGMENT = 0x10;
export const A_PRESENT = 0x80;
export const A_BIG = 0x400;
const A_GRANULAR = 0x800;

export interface Descriptor {
  readonly selector: number;
  readonly low: number;
  readonly high: number;
  readonly base: number;
  readonly limit: number;
  readonly access: number;
  readonly dpl: number;
  /** Linear address, for the accessed and busy bits. */
  readonly at: number;
}

export const isNull = (selector: number): boolean => (selector & 0xfffc) === 0;
export const errorCode = (selector: number): number => selector & 0xfffc;

/** Reads a descriptor; a selector outside its table faults with `vector`. */
export function readDescriptor(cpu: Cpu, selector: number, vector = GP, external = 0): Descriptor {
  const isLocal = (selector & 4) !== 0;
  const base = isLocal ? cpu.segBase[LDTR] : cpu.gdtr.base;
  const limit = isLocal ? localLimit(cpu) : cpu.gdtr.limit;
  const offset = selector & 0xfff8;
  if (offset + 7 > limit) throw new Fault(vector, errorCode(selector) | external);
  const at = (base + offset) | 0;
  return cpu.mmu.asSystem(() =>
    makeDescriptor(selector, cpu.mmu.read32(at), cpu.mmu.read32((at + 4) | 0), at),
  );
}

const localLimit = (cpu: Cpu): number =>
  cpu.segAccess[LDTR] & A_PRESENT && !isNull(cpu.segSelector[LDTR]) ? cpu.segLimit[LDTR] : -1;

function makeDescriptor(selector: number, low: number, high: number, at: number): Descriptor {
  const access = ((high >>> 8) & 0xff) | ((high >>> 12) & 0xf00);
  const pages = (low & 0xffff) | (high & 0xf_0000);
  const limit = access & A_GRANULAR ? ((pages << 12) | 0xfff) >>> 0 : pages;
  const base = (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff00_0000);
  return { selector, low, high, base, limit, access, dpl: (access >> 5) & 3, at };
}

/** Sets the accessed bit in the table, as the processor does on a load. */
export function markAccessed(cpu: Cpu, descriptor: Descriptor): Descriptor {
  if (descriptor.access & A_ACCESSED) return descriptor;
  cpu.mmu.asSystem(() =>
    cpu.mmu.write8((descriptor.at + 5) | 0, ((descriptor.high >> 8) & 0xff) | 1),
  );
  return { ...descriptor, access: descriptor.access | A_ACCESSED };
}

/** MOV, POP, LDS and the like to a segment register other than CS. Throws before anything changed. */
export function loadSegment(cpu: Cpu, segment: number, selector: number): void {
  if (segment === SS) {
    setSegment(cpu, SS, checkStack(cpu, selector, cpu.cpl, GP));
    return;
  }
  if (isNull(selector)) {
    cpu.setSegment(segment, selector, 0, 0, 0);
    return;
  }
  const descriptor = readDescriptor(cpu, selector);
  const { access } = descriptor;
  const isReadable = !(access & A_CODE) || (access & A_READABLE) !== 0;
  const isConforming = (access & (A_CODE | A_CONFORMING)) === (A_CODE | A_CONFORMING);
  const allowed = isConforming || descriptor.dpl >= Math.max(cpu.cpl, selector & 3);
  if (!(access & A_SEGMENT) || !isReadable || !allowed) throw new Fault(GP, errorCode(selector));
  if (!(access & A_PRESENT)) throw new Fault(NP, errorCode(selector));
  setSegment(cpu, segment, markAccessed(cpu, descriptor));
}

/** A stack segment for privilege `level`: writable data of exactly that level. */
export function checkStack(cpu: Cpu, selector: number, level: number, vector: number): Descriptor {
  if (isNull(selector)) throw new Fault(vector, vector === GP ? 0 : errorCode(selector));
  const descriptor = readDescriptor(cpu, selector, vector);
  const { access, dpl } = descriptor;
  const isWritable = (access & (A_SEGMENT | A_CODE | A_WRITABLE)) === (A_SEGMENT | A_WRITABLE);
  if (!isWritable || dpl !== level || (selector & 3) !== level)
    throw new Fault(vector, errorCode(selector));
  if (!(access & A_PRESENT)) throw new Fault(SS_VECTOR, errorCode(selector));
  return markAccessed(cpu, descriptor);
}

export function setSegment(cpu: Cpu, segment: number, d: Descriptor): void {
  cpu.setSegment(segment, d.selector, d.base, d.limit, d.access);
}
