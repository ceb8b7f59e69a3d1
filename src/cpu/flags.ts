/**
 * Arithmetic flags kept lazily: the kind of the last operation that set them, its result and its
 * operands, all sign-extended to 32 bits. With sign extension the formulas are the same for every
 * operand width: order and top bit are preserved. SDM vol. 1 §3.4.3.1, vol. 2 appendix "EFLAGS cross-reference".
 */
export const CF = 0x001;
export const PF = 0x004;
export const AF = 0x010;
export const ZF = 0x040;
export const SF = 0x080;
export const TF = 0x100;
export const IF = 0x200;
export const DF = 0x400;
export const OF = 0x800;
export const IOPL = 0x3000;
export const NT = 0x4000;
export const RF = 0x1_0000;
export const VM = 0x2_0000;
export const AC = 0x4_0000;
export const ID = 0x20_0000;
export const ARITHMETIC = CF | PF | AF | ZF | SF | OF;

/** `a` holds all six flags. */
export const K_EAGER = 0;
export const K_ADD = 1;
export const K_SUB = 2;
/** Sign, zero and parity follow from the result; `a` holds CF, AF and OF. */
export const K_RESULT = 3;
/** `a` holds CF, `b` the value before. */
export const K_INC = 4;
export const K_DEC = 5;
export const K_ADC = 6;
export const K_SBB = 7;

const PARITY = new Uint8Array(256);
for (let value = 0; value < 256; value++) {
  let ones = 0;
  for (let bit = 0; bit < 8; bit++) ones += (value >> bit) & 1;
  PARITY[value] = ones & 1 ? 0 : PF;
}

export const parity = (result: number): number => PARITY[result & 0xff];

export function carry(kind: number, result: number, a: number, b: number): number {
  switch (kind) {
    case 1:
      return result >>> 0 < a >>> 0 ? 1 : 0;
    case 2:
      return a >>> 0 < b >>> 0 ? 1 : 0;
    case 6:
      return ((a & b) | ((a | b) & ~result)) >>> 31;
    case 7:
      return ((~a & b) | (~(a ^ b) & result)) >>> 31;
    default:
      return a & CF;
  }
}

export function overflow(kind: number, result: number, a: number, b: number): number {
  switch (kind) {
    case 1:
    case 6:
      return ((a ^ result) & (b ^ result)) >>> 31;
    case 2:
    case 7:
      return ((a ^ b) & (a ^ result)) >>> 31;
    case 4:
      return (~b & result) >>> 31;
    case 5:
      return (b & ~result) >>> 31;
    default:
      return (a >>> 11) & 1;
  }
}

function adjust(kind: number, result: number, a: number, b: number): number {
  if (kind === K_RESULT) return a & AF;
  if (kind === K_INC || kind === K_DEC) return (b ^ result ^ 1) & AF;
  return (a ^ b ^ result) & AF;
}

export const isZero = (kind: number, result: number, a: number): boolean =>
  kind !== K_EAGER ? result === 0 : (a & ZF) !== 0;

export const isNegative = (kind: number, result: number, a: number): boolean =>
  kind !== K_EAGER ? result < 0 : (a & SF) !== 0;

/** All six flags as EFLAGS holds them. */
export function arithmeticFlags(kind: number, result: number, a: number, b: number): number {
  if (kind === K_EAGER) return a;
  return (
    carry(kind, result, a, b) |
    parity(result) |
    adjust(kind, result, a, b) |
    (result === 0 ? ZF : 0) |
    (result < 0 ? SF : 0) |
    (overflow(kind, result, a, b) << 11)
  );
}

/** Condition codes as the low four bits of Jcc, SETcc, CMOVcc encode them (SDM vol. 2 appendix B). */
export function condition(
  code: number,
  kind: number,
  result: number,
  a: number,
  b: number,
): boolean {
  const plain = plainCondition(code >> 1, kind, result, a, b);
  return code & 1 ? !plain : plain;
}

function plainCondition(code: number, kind: number, result: number, a: number, b: number): boolean {
  switch (code) {
    case 0:
      return overflow(kind, result, a, b) !== 0;
    case 1:
      return carry(kind, result, a, b) !== 0;
    case 2:
      return isZero(kind, result, a);
    case 3:
      return carry(kind, result, a, b) !== 0 || isZero(kind, result, a);
    case 4:
      return isNegative(kind, result, a);
    case 5:
      return kind === K_EAGER ? (a & PF) !== 0 : parity(result) !== 0;
    case 6:
      return isNegative(kind, result, a) !== (overflow(kind, result, a, b) !== 0);
    default:
      return (
        isZero(kind, result, a) ||
        isNegative(kind, result, a) !== (overflow(kind, result, a, b) !== 0)
      );
  }
}
