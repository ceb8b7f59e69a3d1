/**
 * Decoded instruction → micro-op words: picks the handler by mnemonic, width and operand shape, and
 * turns register numbers into indexes of the view of their width.
 */
import { type Instruction, SEGMENT_DS } from './decoder.ts';
import { handlerNumber } from './handlers.ts';
import {
  BASE,
  DISP,
  IMM,
  INDEX,
  INFO_ADDRESS16,
  INFO_BITS,
  INFO_REPEAT,
  INFO_REPEAT_NOT,
  INFO_SIZE_SHIFT,
  INFO_WRITES,
  OP,
  REG,
  REG2,
  SCALE,
} from './micro-op.ts';
import { FLAT_BITS } from './mode.ts';
import type { Opcode } from './opcodes.ts';

const SEGMENT_NAMES = ['ES', 'CS', 'SS', 'DS', 'FS', 'GS'];

export interface Assembled {
  readonly info: number;
  /** Handler that runs after the address was checked, when the memory operand needs that. */
  readonly checked: number;
}

const INVALID = handlerNumber('ud');
const COMPLEX = handlerNumber('complex');

/** Fills the micro-op at `x`. `next`: EIP after the instruction. */
export function assemble(
  u: Int32Array,
  x: number,
  instruction: Instruction,
  mode: number,
  next: number,
): Assembled {
  u.fill(0, x, x + 8);
  const { opcode } = instruction;
  if (opcode === undefined || !isLegal(opcode, instruction)) {
    u[x + OP] = INVALID;
    return { info: 0, checked: 0 };
  }
  const shape = placeOperands(u, x, opcode, instruction, next);
  const number = handlerNumber(handlerName(opcode, instruction.operandSize, shape));
  const info = infoOf(opcode, instruction);
  if (!needsCheck(opcode, instruction, mode)) {
    u[x + OP] = number;
    return { info, checked: 0 };
  }
  u[x + OP] = COMPLEX;
  return { info, checked: number };
}

const BITS: Readonly<Record<string, number>> = { b: 8, w: 16, d: 32 };

/** Name of the handler for one form of an instruction, as the group files give it. */
export function handlerName(opcode: Opcode, operandSize: 2 | 4, shape: string): string {
  const bits = opcode.width === 'v' ? operandSize * 8 : (BITS[opcode.width] ?? '');
  return `${opcode.mnemonic}${bits}${shape === '' ? '' : '.'}${shape}`;
}

function isLegal(opcode: Opcode, instruction: Instruction): boolean {
  const { memory } = instruction;
  if (instruction.lock && !(opcode.lockable && memory !== undefined)) return false;
  if (!hasSegment(opcode, instruction.reg)) return false;
  return memory !== undefined || !opcode.memoryOnly;
}

/** A segment register that does not exist, or CS as a destination, is an invalid opcode. */
function hasSegment({ mnemonic }: Opcode, reg: number): boolean {
  if (mnemonic === 'movts') return reg < SEGMENT_NAMES.length && SEGMENT_NAMES[reg] !== 'CS';
  return mnemonic !== 'movfs' || reg < SEGMENT_NAMES.length;
}

/** Fills the operand words and gives the shape: a letter for each operand. */
function placeOperands(
  u: Int32Array,
  x: number,
  opcode: Opcode,
  instruction: Instruction,
  next: number,
): string {
  let shape = '';
  let registers = 0;
  let immediates = 0;
  const register = (letter: string, index: number) => {
    u[x + (registers === 0 ? REG : REG2)] = index;
    registers++;
    return letter;
  };
  for (const operand of opcode.operands) {
    const fixed = SEGMENT_NAMES.indexOf(operand);
    if (fixed >= 0) shape += register('s', fixed);
    else if (operand === 'AL' || operand === 'AX') shape += register('r', 0);
    else if (operand === 'CL') shape += 'c';
    else if (operand === 'DX') shape += 'x';
    else if (operand === '1') {
      u[x + IMM] = 1;
      shape += 'i';
    } else if (operand === 'Ap') {
      u[x + IMM] = instruction.immediates[0];
      u[x + REG2] = instruction.immediates[1];
      shape += 'p';
    } else if (/^[Is]/.test(operand)) {
      u[x + (immediates === 0 ? IMM : REG2)] = instruction.immediates[immediates++];
      shape += 'i';
    } else if (operand[0] === 'J') {
      const target = next + instruction.immediates[0];
      u[x + DISP] = instruction.operandSize === 2 ? target & 0xffff : target;
      shape += 'j';
    } else shape += placeModrm(u, x, operand, instruction, register);
  }
  return shape;
}

function placeModrm(
  u: Int32Array,
  x: number,
  operand: string,
  instruction: Instruction,
  register: (letter: string, index: number) => string,
): string {
  const { memory, rm, reg, operandSize } = instruction;
  const view = (number: number) => viewIndex(number, operand[1], operandSize);
  switch (operand[0]) {
    case 'S':
      return register('s', reg);
    case 'C':
      return register('k', reg);
    case 'D':
      return register('d', reg);
    case 'G':
    case 'Z':
      return register('r', view(reg));
    default:
      if (memory === undefined) return register('r', view(rm ?? 0));
      u[x + BASE] = memory.base;
      u[x + INDEX] = memory.index;
      u[x + SCALE] = memory.scale;
      u[x + DISP] = memory.displacement;
      return 'm';
  }
}

/** Register number → index in the Int32, Int16 or Int8 view of the register file. */
function viewIndex(number: number, width: string, operandSize: 2 | 4): number {
  if (width === 'b') return number < 4 ? number * 4 : (number - 4) * 4 + 1;
  if (width === 'w' || (width === 'v' && operandSize === 2)) return number * 2;
  return number;
}

function infoOf(opcode: Opcode, instruction: Instruction): number {
  const { memory, operandSize } = instruction;
  const segment = memory?.segment ?? instruction.segment ?? SEGMENT_DS;
  let info = segment;
  if (instruction.addressSize === 2) info |= INFO_ADDRESS16;
  if (instruction.repeat === 0xf3) info |= INFO_REPEAT;
  if (instruction.repeat === 0xf2) info |= INFO_REPEAT_NOT;
  if (opcode.writesMemory) info |= INFO_WRITES;
  if (BIT_STRINGS.includes(opcode.mnemonic) && opcode.operands[1] === 'Gv') info |= INFO_BITS;
  return memory === undefined ? info : info | (accessSize(opcode, operandSize) << INFO_SIZE_SHIFT);
}

const BIT_STRINGS = ['bt', 'bts', 'btr', 'btc'];
const SIZES: Readonly<Record<string, number>> = { b: 1, w: 2, d: 4, t: 6, q: 8 };

/** Bytes of the memory operand. */
function accessSize({ memoryWidth }: Opcode, operandSize: 2 | 4): number {
  if (memoryWidth === 'v') return operandSize;
  if (memoryWidth === 'p') return operandSize + 2;
  return memoryWidth === 'a' ? 2 * operandSize : (SIZES[memoryWidth] ?? 0);
}

function needsCheck(opcode: Opcode, instruction: Instruction, mode: number): boolean {
  const { memory } = instruction;
  // POP looks at the stack before its operand, and checks that itself.
  if (memory === undefined || opcode.mnemonic === 'pop') return false;
  if (instruction.addressSize === 2) return true;
  if (opcode.mnemonic === 'lea') return false;
  return (mode & FLAT_BITS[memory.segment]) === 0;
}
