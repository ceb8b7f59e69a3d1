/** MUL, IMUL, DIV, IDIV, AAM, AAD. SDM vol. 2. Division by zero and a quotient that does not fit: #DE. */
import type { Cpu } from '../cpu.ts';
import { DE, Fault } from '../faults.ts';
import { CF, K_RESULT, OF } from '../flags.ts';
import { type Handler, IMM, NEXT, REG, REG2 } from '../micro-op.ts';
import { address, W8, W16, WIDE, type Width } from './width.ts';

const EAX = 0;
const EDX = 2;
const AH = 1;

/** Carry and overflow tell that the upper half matters; the other flags follow the lower half. */
function setProduct(cpu: Cpu, low: number, matters: boolean): void {
  cpu.setFlags(K_RESULT, low, matters ? CF | OF : 0, 0);
}

/** Upper 32 bits of the product of two unsigned numbers. */
function highUnsigned(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  const other = al * bh + (middle & 0xffff);
  return (ah * bh + (middle >>> 16) + (other >>> 16)) | 0;
}

export function highSigned(a: number, b: number): number {
  return (highUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}

function mul32(cpu: Cpu, b: number): number {
  const a = cpu.r[EAX];
  const low = Math.imul(a, b);
  const high = highUnsigned(a, b);
  cpu.r[EAX] = low;
  cpu.r[EDX] = high;
  setProduct(cpu, low, high !== 0);
  return NEXT;
}

function imul32(cpu: Cpu, b: number): number {
  const a = cpu.r[EAX];
  const low = Math.imul(a, b);
  const high = highSigned(a, b);
  cpu.r[EAX] = low;
  cpu.r[EDX] = high;
  setProduct(cpu, low, high !== low >> 31);
  return NEXT;
}

function mul16(cpu: Cpu, b: number): number {
  const product = (cpu.r16[EAX] & 0xffff) * (b & 0xffff);
  cpu.r16[EAX] = product;
  cpu.r16[2 * EDX] = product >>> 16;
  setProduct(cpu, cpu.r16[EAX], product >>> 16 !== 0);
  return NEXT;
}

function imul16(cpu: Cpu, b: number): number {
  const product = cpu.r16[EAX] * b;
  cpu.r16[EAX] = product;
  cpu.r16[2 * EDX] = product >> 16;
  setProduct(cpu, cpu.r16[EAX], product !== cpu.r16[EAX]);
  return NEXT;
}

function mul8(cpu: Cpu, b: number): number {
  const product = (cpu.r8[EAX] & 0xff) * (b & 0xff);
  cpu.r16[EAX] = product;
  setProduct(cpu, cpu.r8[EAX], product > 0xff);
  return NEXT;
}

function imul8(cpu: Cpu, b: number): number {
  const product = cpu.r8[EAX] * b;
  cpu.r16[EAX] = product;
  setProduct(cpu, cpu.r8[EAX], product !== cpu.r8[EAX]);
  return NEXT;
}

function div32(cpu: Cpu, divisor: number): number {
  const d = divisor >>> 0;
  const high = cpu.r[EDX] >>> 0;
  const low = cpu.r[EAX] >>> 0;
  if (d === 0 || high >= d) throw new Fault(DE);
  if (high === 0) {
    cpu.r[EAX] = (low / d) | 0;
    cpu.r[EDX] = low % d;
    return NEXT;
  }
  const dividend = (BigInt(high) << 32n) | BigInt(low);
  cpu.r[EAX] = Number(dividend / BigInt(d)) | 0;
  cpu.r[EDX] = Number(dividend % BigInt(d)) | 0;
  return NEXT;
}

function idiv32(cpu: Cpu, divisor: number): number {
  const high = cpu.r[EDX];
  const low = cpu.r[EAX];
  if (divisor === 0) throw new Fault(DE);
  if (high === low >> 31) {
    if (divisor === -1 && low === -0x8000_0000) throw new Fault(DE);
    cpu.r[EAX] = (low / divisor) | 0;
    cpu.r[EDX] = (low % divisor) | 0;
    return NEXT;
  }
  const dividend = (BigInt(high) << 32n) | BigInt(low >>> 0);
  const quotient = dividend / BigInt(divisor);
  if (quotient !== BigInt.asIntN(32, quotient)) throw new Fault(DE);
  cpu.r[EAX] = Number(quotient);
  cpu.r[EDX] = Number(dividend % BigInt(divisor));
  return NEXT;
}

function div16(cpu: Cpu, divisor: number): number {
  const d = divisor & 0xffff;
  const dividend = ((cpu.r16[2 * EDX] << 16) | (cpu.r16[EAX] & 0xffff)) >>> 0;
  if (d === 0 || Math.floor(dividend / d) > 0xffff) throw new Fault(DE);
  cpu.r16[EAX] = Math.floor(dividend / d);
  cpu.r16[2 * EDX] = dividend % d;
  return NEXT;
}

function idiv16(cpu: Cpu, divisor: number): number {
  const dividend = (cpu.r16[2 * EDX] << 16) | (cpu.r16[EAX] & 0xffff);
  const quotient = divisor === 0 ? Number.POSITIVE_INFINITY : Math.trunc(dividend / divisor);
  if (quotient < -0x8000 || quotient > 0x7fff) throw new Fault(DE);
  cpu.r16[EAX] = quotient;
  cpu.r16[2 * EDX] = dividend % divisor;
  return NEXT;
}

function div8(cpu: Cpu, divisor: number): number {
  const d = divisor & 0xff;
  const dividend = cpu.r16[EAX] & 0xffff;
  if (d === 0 || Math.floor(dividend / d) > 0xff) throw new Fault(DE);
  cpu.r8[EAX] = Math.floor(dividend / d);
  cpu.r8[AH] = dividend % d;
  return NEXT;
}

function idiv8(cpu: Cpu, divisor: number): number {
  const dividend = cpu.r16[EAX];
  const quotient = divisor === 0 ? Number.POSITIVE_INFINITY : Math.trunc(dividend / divisor);
  if (quotient < -0x80 || quotient > 0x7f) throw new Fault(DE);
  cpu.r8[EAX] = quotient;
  cpu.r8[AH] = dividend % divisor;
  return NEXT;
}

/** IMUL with two or three operands keeps the lower half. */
function truncated(cpu: Cpu, width: Width, a: number, b: number): number {
  if (width.bits === 16) {
    const low = width.extend(a * b);
    setProduct(cpu, low, low !== a * b);
    return low;
  }
  const low = Math.imul(a, b);
  setProduct(cpu, low, highSigned(a, b) !== low >> 31);
  return low;
}

function imulForms(width: Width): Record<string, Handler> {
  const stem = `imul${width.bits}`;
  const store = (cpu: Cpu, x: number, a: number, b: number): number => {
    width.set(cpu, cpu.u[x + REG], truncated(cpu, width, a, b));
    return NEXT;
  };
  const own = (cpu: Cpu, x: number) => width.get(cpu, cpu.u[x + REG]);
  const other = (cpu: Cpu, x: number) => width.get(cpu, cpu.u[x + REG2]);
  const memory = (cpu: Cpu, x: number) => width.read(cpu, address(cpu, x));
  return {
    [`${stem}.rr`]: (cpu, x) => store(cpu, x, own(cpu, x), other(cpu, x)),
    [`${stem}.rm`]: (cpu, x) => store(cpu, x, own(cpu, x), memory(cpu, x)),
    [`${stem}.rri`]: (cpu, x) => store(cpu, x, other(cpu, x), cpu.u[x + IMM]),
    [`${stem}.rmi`]: (cpu, x) => store(cpu, x, memory(cpu, x), cpu.u[x + IMM]),
  };
}

export const MULTIPLY: Record<string, Handler> = {
  'aam8.i': (cpu, x) => {
    const base = cpu.u[x + IMM] & 0xff;
    if (base === 0) throw new Fault(DE);
    const value = cpu.r8[EAX] & 0xff;
    cpu.r8[AH] = Math.floor(value / base);
    cpu.r8[EAX] = value % base;
    cpu.setFlags(K_RESULT, cpu.r8[EAX], 0, 0);
    return NEXT;
  },
  'aad8.i': (cpu, x) => {
    cpu.r16[EAX] = (cpu.r8[EAX] + cpu.r8[AH] * (cpu.u[x + IMM] & 0xff)) & 0xff;
    cpu.setFlags(K_RESULT, cpu.r8[EAX], 0, 0);
    return NEXT;
  },
};

type Divide = (cpu: Cpu, operand: number) => number;
const byWidth: readonly [Width, Readonly<Record<string, Divide>>][] = [
  [W8, { mul: mul8, imul: imul8, div: div8, idiv: idiv8 }],
  [W16, { mul: mul16, imul: imul16, div: div16, idiv: idiv16 }],
  [WIDE[1], { mul: mul32, imul: imul32, div: div32, idiv: idiv32 }],
];
for (const [width, operations] of byWidth)
  for (const name in operations) {
    const operation = operations[name];
    MULTIPLY[`${name}${width.bits}.r`] = (cpu, x) => operation(cpu, width.get(cpu, cpu.u[x + REG]));
    MULTIPLY[`${name}${width.bits}.m`] = (cpu, x) =>
      operation(cpu, width.read(cpu, address(cpu, x)));
  }
for (const width of WIDE) Object.assign(MULTIPLY, imulForms(width));
