/** Operand widths: how a register or memory operand of 8, 16 or 32 bits is read and written, sign-extended. */
import type { Cpu } from '../cpu.ts';
import { BASE, DISP, INDEX, SCALE } from '../micro-op.ts';

export interface Width {
  readonly bits: 8 | 16 | 32;
  readonly bytes: 1 | 2 | 4;
  get(cpu: Cpu, index: number): number;
  set(cpu: Cpu, index: number, value: number): void;
  read(cpu: Cpu, linear: number): number;
  write(cpu: Cpu, linear: number, value: number): void;
  extend(value: number): number;
}

export const W8: Width = {
  bits: 8,
  bytes: 1,
  get: (cpu, index) => cpu.r8[index],
  set: (cpu, index, value) => {
    cpu.r8[index] = value;
  },
  read: (cpu, linear) => (cpu.mmu.read8(linear) << 24) >> 24,
  write: (cpu, linear, value) => cpu.mmu.write8(linear, value),
  extend: (value) => (value << 24) >> 24,
};

export const W16: Width = {
  bits: 16,
  bytes: 2,
  get: (cpu, index) => cpu.r16[index],
  set: (cpu, index, value) => {
    cpu.r16[index] = value;
  },
  read: (cpu, linear) => (cpu.mmu.read16(linear) << 16) >> 16,
  write: (cpu, linear, value) => cpu.mmu.write16(linear, value),
  extend: (value) => (value << 16) >> 16,
};

export const W32: Width = {
  bits: 32,
  bytes: 4,
  get: (cpu, index) => cpu.r[index],
  set: (cpu, index, value) => {
    cpu.r[index] = value;
  },
  read: (cpu, linear) => cpu.mmu.read32(linear),
  write: (cpu, linear, value) => cpu.mmu.write32(linear, value),
  extend: (value) => value | 0,
};

export const WIDTHS = [W8, W16, W32] as const;
/** Those that the operand-size prefix chooses from. */
export const WIDE = [W16, W32] as const;

/** Linear address of the memory operand, whose segment is flat or was checked already. */
export function address(cpu: Cpu, x: number): number {
  const { u, r } = cpu;
  return (r[u[x + BASE]] + (r[u[x + INDEX]] << u[x + SCALE]) + u[x + DISP]) | 0;
}

/** Reads a memory operand that will be written back with `writeBack`: proves first that it can be. */
export function readToWrite(cpu: Cpu, x: number, width: Width): number {
  cpu.mmu.prepare(address(cpu, x), width.bytes);
  return cpu.mmu.prepared(width.bytes);
}

export function writeBack(cpu: Cpu, value: number, width: Width): void {
  cpu.mmu.commit(value, width.bytes);
}
