/**
 * ROL, ROR, RCL, RCR, SHL, SHR, SAR, SHLD, SHRD. SDM vol. 2. The count is taken modulo 32; a count of
 * zero changes nothing, flags included. What the manual leaves undefined follows its pseudocode on.
 */
import type { Cpu } from '../cpu.ts';
import { ARITHMETIC, CF, K_EAGER, K_RESULT, OF } from '../flags.ts';
import { type Handler, IMM, NEXT, REG, REG2 } from '../micro-op.ts';
import { readToWrite, WIDE, WIDTHS, type Width, writeBack } from './width.ts';

/** Pre: 1 ≤ count ≤ 31. Gives the result, sets the flags. */
type Shift = (cpu: Cpu, width: Width, value: number, count: number) => number;

const unsigned = (value: number, bits: number): number =>
  bits === 32 ? value >>> 0 : value & ((1 << bits) - 1);
const bit = (value: number, n: number): number => (value >>> n) & 1;

/** Sets sign, zero and parity from the result, carry and overflow as given. */
const setResult = (cpu: Cpu, result: number, carry: number, overflow: number): number =>
  cpu.setFlags(K_RESULT, result, (carry ? CF : 0) | (overflow ? OF : 0), 0);

/** Rotates change carry and overflow only. */
function setCarryOverflow(cpu: Cpu, carry: number, overflow: number): void {
  const others = cpu.arithmetic() & (ARITHMETIC ^ CF ^ OF);
  cpu.setFlags(K_EAGER, 0, others | (carry ? CF : 0) | (overflow ? OF : 0), 0);
}

const shl: Shift = (cpu, width, value, count) => {
  const result = width.extend(value << count);
  const carry = count <= width.bits ? bit(value, width.bits - count) : 0;
  return setResult(cpu, result, carry, carry ^ (result >>> 31));
};

const shr: Shift = (cpu, width, value, count) => {
  const whole = unsigned(value, width.bits);
  const carry = count <= width.bits ? bit(whole, count - 1) : 0;
  return setResult(cpu, width.extend(whole >>> count), carry, count === 1 ? value >>> 31 : 0);
};

const sar: Shift = (cpu, _width, value, count) =>
  setResult(cpu, value >> count, bit(value >> (count - 1), 0), 0);

const rol: Shift = (cpu, width, value, count) => {
  const { bits } = width;
  const n = count & (bits - 1);
  const whole = unsigned(value, bits);
  const result = width.extend(n === 0 ? whole : (whole << n) | (whole >>> (bits - n)));
  setCarryOverflow(cpu, result & 1, (result & 1) ^ (result >>> 31));
  return result;
};

const ror: Shift = (cpu, width, value, count) => {
  const { bits } = width;
  const n = count & (bits - 1);
  const whole = unsigned(value, bits);
  const result = width.extend(n === 0 ? whole : (whole >>> n) | (whole << (bits - n)));
  setCarryOverflow(cpu, result >>> 31, (result >>> 31) ^ bit(result, bits - 2));
  return result;
};

const rcl: Shift = (cpu, width, value, count) => {
  const { bits } = width;
  let result = unsigned(value, bits);
  let carry = cpu.carry();
  for (let n = count % (bits + 1); n > 0; n--) {
    const out = bit(result, bits - 1);
    result = unsigned((result << 1) | carry, bits);
    carry = out;
  }
  setCarryOverflow(cpu, carry, carry ^ bit(result, bits - 1));
  return width.extend(result);
};

const rcr: Shift = (cpu, width, value, count) => {
  const { bits } = width;
  let result = unsigned(value, bits);
  let carry = cpu.carry();
  for (let n = count % (bits + 1); n > 0; n--) {
    const out = result & 1;
    result = unsigned((result >>> 1) | (carry << (bits - 1)), bits);
    carry = out;
  }
  setCarryOverflow(cpu, carry, bit(result, bits - 1) ^ bit(result, bits - 2));
  return width.extend(result);
};

const SHIFTS: Readonly<Record<string, Shift>> = { rol, ror, rcl, rcr, shl, shr, sar };
const CL = 4;

function shiftForms(name: string, shift: Shift, width: Width): Record<string, Handler> {
  const inRegister = (cpu: Cpu, x: number, count: number): number => {
    const index = cpu.u[x + REG];
    if (count !== 0) width.set(cpu, index, shift(cpu, width, width.get(cpu, index), count));
    return NEXT;
  };
  const inMemory = (cpu: Cpu, x: number, count: number): number => {
    const value = readToWrite(cpu, x, width);
    if (count !== 0) writeBack(cpu, shift(cpu, width, value, count), width);
    return NEXT;
  };
  const stem = name + width.bits;
  return {
    [`${stem}.ri`]: (cpu, x) => inRegister(cpu, x, cpu.u[x + IMM] & 31),
    [`${stem}.rc`]: (cpu, x) => inRegister(cpu, x, cpu.r8[CL] & 31),
    [`${stem}.mi`]: (cpu, x) => inMemory(cpu, x, cpu.u[x + IMM] & 31),
    [`${stem}.mc`]: (cpu, x) => inMemory(cpu, x, cpu.r8[CL] & 31),
  };
}

/** Double shifts. Pre: 1 ≤ count ≤ 31; beyond the width the manual leaves the result undefined. */
type DoubleShift = (cpu: Cpu, width: Width, a: number, b: number, count: number) => number;

const shld: DoubleShift = (cpu, width, a, b, count) => {
  if (width.bits === 32) {
    const result = (a << count) | (b >>> (32 - count));
    return setResult(cpu, result, bit(a, 32 - count), (result ^ a) >>> 31);
  }
  // a:b:a, as processors do for counts over 16.
  const pair = ((a & 0xffff) << 16) | (b & 0xffff);
  const high = count <= 16 ? pair << count : (pair << count) | ((a & 0xffff) << (count - 16));
  const carry = count <= 16 ? bit(a, 16 - count) : bit(b, 32 - count);
  const result = width.extend(high >>> 16);
  return setResult(cpu, result, carry, (result ^ a) >>> 31);
};

const shrd: DoubleShift = (cpu, width, a, b, count) => {
  if (width.bits === 32) {
    const result = (a >>> count) | (b << (32 - count));
    return setResult(cpu, result, bit(a, count - 1), (result ^ a) >>> 31);
  }
  const pair = ((b & 0xffff) << 16) | (a & 0xffff);
  const low = count <= 16 ? pair >>> count : (pair >>> count) | ((a & 0xffff) << (32 - count));
  const result = width.extend(low);
  return setResult(cpu, result, bit(pair, count - 1), (result ^ a) >>> 31);
};

function doubleForms(name: string, shift: DoubleShift, width: Width): Record<string, Handler> {
  const inRegister = (cpu: Cpu, x: number, count: number): number => {
    const index = cpu.u[x + REG];
    const b = width.get(cpu, cpu.u[x + REG2]);
    if (count !== 0) width.set(cpu, index, shift(cpu, width, width.get(cpu, index), b, count));
    return NEXT;
  };
  const inMemory = (cpu: Cpu, x: number, count: number): number => {
    const a = readToWrite(cpu, x, width);
    const b = width.get(cpu, cpu.u[x + REG]);
    if (count !== 0) writeBack(cpu, shift(cpu, width, a, b, count), width);
    return NEXT;
  };
  const stem = name + width.bits;
  return {
    [`${stem}.rri`]: (cpu, x) => inRegister(cpu, x, cpu.u[x + IMM] & 31),
    [`${stem}.rrc`]: (cpu, x) => inRegister(cpu, x, cpu.r8[CL] & 31),
    [`${stem}.mri`]: (cpu, x) => inMemory(cpu, x, cpu.u[x + IMM] & 31),
    [`${stem}.mrc`]: (cpu, x) => inMemory(cpu, x, cpu.r8[CL] & 31),
  };
}

export const SHIFT: Record<string, Handler> = {};
for (const width of WIDTHS)
  for (const name in SHIFTS) Object.assign(SHIFT, shiftForms(name, SHIFTS[name], width));
for (const width of WIDE) {
  Object.assign(SHIFT, doubleForms('shld', shld, width));
  Object.assign(SHIFT, doubleForms('shrd', shrd, width));
}
