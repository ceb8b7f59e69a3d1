/**
 * What the manuals leave undefined, as one table: Intel SDM vol. 2, each instruction's "Flags
 * Affected" and "Operation", and vol. 1 appendix A; AMD APM vol. 3 agrees or says more. Bits in it are
 * not compared.
 */
import type { Instruction } from '../../src/cpu/decoder.ts';
import { AF, CF, OF, PF, SF, ZF } from '../../src/cpu/flags.ts';
import type { SingleTest } from './layout.ts';

/**
 * Not compared at all. SDM vol. 2 "INS", "OUTS": with a count of 0 some processors look at the port's
 * permission and some do not. A fault of an instruction with many accesses: which of several faults
 * comes first, and which registers of POPA or bytes of PUSHA are done by then, is not written anywhere.
 */
export function isUndefined(
  instruction: Instruction,
  test: SingleTest,
  vectors: number[],
): boolean {
  const mnemonic = instruction.opcode?.mnemonic ?? '';
  if (/^(?:ins|outs)$/.test(mnemonic) && instruction.repeat !== 0) {
    const mask = instruction.addressSize === 2 ? 0xffff : -1;
    return ((test.general[ECX] ?? 0) & mask) === 0;
  }
  if (vectors.includes(STEP)) return false;
  return MANY_PARTS.includes(mnemonic);
}

const STEP = 1;
const MANY_PARTS = ['retf', 'iret', 'pusha', 'popa'];
const ALL = CF | PF | AF | ZF | SF | OF;
const ECX = 1;
/** PUSHA, the largest store of fixed size, and whatever ENTER stores. */
export const WHOLE = 'whole';

/** Flags, by name; and where they depend on the count, a function of it. */
const FLAGS: Readonly<Record<string, number | ((count: number, bits: number) => number)>> = {
  // "The OF, SF, ZF flags are undefined" and so on, word by word.
  and: AF,
  or: AF,
  xor: AF,
  test: AF,
  aaa: OF | SF | ZF | PF,
  aas: OF | SF | ZF | PF,
  aam: OF | AF | CF,
  aad: OF | AF | CF,
  daa: OF,
  das: OF,
  mul: SF | ZF | AF | PF,
  imul: SF | ZF | AF | PF,
  div: ALL,
  idiv: ALL,
  bsf: CF | OF | SF | AF | PF,
  bsr: CF | OF | SF | AF | PF,
  bt: OF | SF | AF | PF,
  bts: OF | SF | AF | PF,
  btr: OF | SF | AF | PF,
  btc: OF | SF | AF | PF,
  // OF only for counts of one; CF of SHL and SHR not for counts of the width or more.
  shl: (count, bits) => shifted(count) | (count >= bits ? CF : 0),
  shr: (count, bits) => shifted(count) | (count >= bits ? CF : 0),
  sar: (count) => shifted(count),
  rol: rotated,
  ror: rotated,
  rcl: rotated,
  rcr: rotated,
  shld: (count, bits) => shifted(count) | (count > bits ? ALL : 0),
  shrd: (count, bits) => shifted(count) | (count > bits ? ALL : 0),
};

function shifted(count: number): number {
  if (count === 0) return 0;
  return AF | (count === 1 ? 0 : OF);
}

function rotated(count: number): number {
  return count <= 1 ? 0 : OF;
}

const COUNTED = /^(?:sh[lr]d?|sar|rc[lr]|ro[lr])$/;

/** The masked count of a shift; of others 0. */
function countOf({ opcode, immediates }: Instruction, test: SingleTest): number {
  if (opcode === undefined || !COUNTED.test(opcode.mnemonic)) return 0;
  if (opcode.operands.includes('CL')) return (test.general[ECX] ?? 0) & 31;
  return opcode.operands.includes('1') ? 1 : (immediates[0] ?? 0) & 31;
}

const WIDTHS: Readonly<Record<string, number>> = { b: 8, w: 16, d: 32 };

export interface Undefined {
  readonly flags: number;
  /** Number of a register with undefined bits, and which. */
  readonly register: number | undefined;
  readonly registerBits: number;
  /** The destination in memory is undefined, the instruction's other effects are not. */
  readonly memory: boolean;
}

export function undefinedOf(
  instruction: Instruction,
  test: SingleTest,
  isZeroSource: boolean,
): Undefined {
  const { opcode, operandSize, rm, reg } = instruction;
  if (opcode === undefined)
    return { flags: 0, register: undefined, registerBits: 0, memory: false };
  const { mnemonic } = opcode;
  const count = countOf(instruction, test);
  const bits = WIDTHS[opcode.width] ?? 8 * operandSize;
  const rule = FLAGS[mnemonic] ?? 0;
  const flags = typeof rule === 'number' ? rule : rule(count, bits);
  // A double shift by more than the width, of 16 bits.
  const isLost = /^sh[lr]d$/.test(mnemonic) && count > bits;
  let register = isLost ? rm : undefined;
  if (/^bs[fr]$/.test(mnemonic) && isZeroSource) register = reg;
  if (mnemonic === 'bswap' && operandSize === 2) register = reg;
  // The upper half of a pushed segment register: kept or cleared (SDM "PUSH").
  const isHalf = mnemonic === 'pushs' || mnemonic === 'callf';
  let registerBits = -1;
  if (mnemonic === 'lar') {
    // 00FxFF00: "x" is undefined.
    register = reg;
    registerBits = 0xf_0000;
  }
  return { flags, register, registerBits, memory: (isLost && rm === undefined) || isHalf };
}
