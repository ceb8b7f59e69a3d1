/**
 * Decoded instruction → text in the manuals' notation (SDM vol. 2 §3.1.1, operands as in objdump's
 * Intel syntax), from the same table as the decoder.
 */
import { Decoder, type Instruction, type MemoryOperand } from './decoder.ts';
import { ZERO_REGISTER } from './micro-op.ts';
import { CONDITIONS, NAMES, SIZED, STRINGS, WORD_IN_MEMORY } from './mnemonics.ts';
import type { Opcode } from './opcodes.ts';

const REGISTERS: Readonly<Record<string, readonly string[]>> = {
  1: ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'],
  2: ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'],
  4: ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'],
};
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
const POINTERS: Readonly<Record<number, string>> = {
  1: 'BYTE PTR ',
  2: 'WORD PTR ',
  4: 'DWORD PTR ',
  6: 'FWORD PTR ',
  8: 'QWORD PTR ',
};
const COMPARING = ['cmps', 'scas'];
/** Their memory operand is an address, not something of a size. */
const SIZELESS = ['lea', 'sgdt', 'sidt', 'lgdt', 'lidt'];

export interface Disassembled {
  readonly text: string;
  readonly length: number;
}

/** The first instruction of `bytes`, which lie at `eip`; what is cut short is no instruction. */
export function disassembleBytes(bytes: Uint8Array, eip: number, code32 = true): Disassembled {
  let at = 0;
  let isShort = false;
  const decoder = new Decoder(() => {
    isShort ||= at >= bytes.length;
    return bytes[at++] ?? 0;
  });
  const instruction = decoder.decode(code32);
  return isShort
    ? { text: '(cut short)', length: bytes.length }
    : { text: disassemble(instruction, eip), length: instruction.length };
}

export function disassemble(instruction: Instruction, eip: number): string {
  const { opcode } = instruction;
  if (opcode === undefined || (opcode.memoryOnly && instruction.memory === undefined))
    return '(bad)';
  const texts = operandTexts(opcode, instruction, eip);
  // The table names the register of IN and OUT first.
  const operands = (opcode.mnemonic === 'out' ? texts.reverse() : texts).join(',');
  const name = prefixOf(opcode, instruction) + nameOf(opcode, instruction);
  return operands === '' ? name : `${name} ${operands}`;
}

function prefixOf(opcode: Opcode, { lock, repeat }: Instruction): string {
  if (lock) return 'lock ';
  if (repeat === 0 || !STRINGS.includes(opcode.mnemonic)) return '';
  if (COMPARING.includes(opcode.mnemonic)) return repeat === 0xf3 ? 'repz ' : 'repnz ';
  return repeat === 0xf3 ? 'rep ' : 'repnz ';
}

function nameOf({ mnemonic, operands }: Opcode, instruction: Instruction): string {
  const { operandSize, addressSize } = instruction;
  if (mnemonic === 'push' && /^[Is]/.test(operands[0])) return operandSize === 2 ? 'pushw' : 'push';
  const sized = SIZED[mnemonic];
  if (sized !== undefined) return sized[operandSize === 2 ? 0 : 1];
  if (mnemonic === 'jcxz') return addressSize === 2 ? 'jcxz' : 'jecxz';
  const conditional = /^(j|cmov|set)(nb|z|nz|nbe|nl|nle)$/.exec(mnemonic);
  if (conditional !== null) return `${conditional[1]}${CONDITIONS[conditional[2]]}`;
  return NAMES[mnemonic] ?? mnemonic;
}

function operandTexts(opcode: Opcode, instruction: Instruction, eip: number): string[] {
  const { mnemonic } = opcode;
  if (STRINGS.includes(mnemonic)) return stringOperands(opcode, instruction);
  if (mnemonic === 'xlat') return [`BYTE PTR ${pointer(instruction, 'ds', 'bx')}`];
  let immediates = 0;
  return opcode.operands.map((operand) => {
    if (/^[IsJA]/.test(operand) && operand !== 'AL' && operand !== 'AX') {
      const value = instruction.immediates[immediates++];
      return immediate(operand, value, instruction, eip);
    }
    return operandText(operand, opcode, instruction);
  });
}

function operandText(operand: string, opcode: Opcode, instruction: Instruction): string {
  const { reg, rm, memory } = instruction;
  if (/^[A-Z]{2}$/.test(operand)) return fixedRegister(operand, instruction);
  const size = sizeOf(operand[1], instruction);
  switch (operand[0]) {
    case 'G':
    case 'Z':
      return REGISTERS[size][reg];
    case 'S':
      return SEGMENTS[reg] ?? '?';
    case 'C':
      return `cr${reg}`;
    case 'D':
      return `dr${reg}`;
    case 'E':
    case 'M':
    case 'O':
    case 'R':
      if (memory === undefined) return REGISTERS[size][rm ?? 0];
      return memoryText(memory, memorySize(opcode, operand, instruction), instruction);
    default:
      return operand;
  }
}

const fixedRegister = (name: string, { operandSize }: Instruction): string =>
  name === 'AX' ? REGISTERS[operandSize][0] : name.toLowerCase();

function sizeOf(letter: string | undefined, { operandSize }: Instruction): number {
  if (letter === 'b') return 1;
  if (letter === 'w') return 2;
  return letter === 'd' ? 4 : operandSize;
}

/** Bytes that are named before a memory operand; 0: none are. */
function memorySize(opcode: Opcode, operand: string, instruction: Instruction): number {
  const { operandSize } = instruction;
  if (SIZELESS.includes(opcode.mnemonic) || operand[0] === 'O') return 0;
  if (WORD_IN_MEMORY.includes(opcode.mnemonic)) return 2;
  if (operand[1] === 'p') return operandSize + 2;
  if (operand[1] === 'a') return 2 * operandSize;
  return operand[1] === 'q' ? 8 : sizeOf(operand[1], instruction);
}

function memoryText(memory: MemoryOperand, size: number, instruction: Instruction): string {
  const { addressSize, segment } = instruction;
  const names = REGISTERS[addressSize];
  const parts: string[] = [];
  if (memory.base !== ZERO_REGISTER) parts.push(names[memory.base]);
  if (memory.index !== ZERO_REGISTER) {
    const scale = memory.scale === 0 ? '' : `*${1 << memory.scale}`;
    parts.push(names[memory.index] + scale);
  }
  const kind = POINTERS[size] ?? '';
  if (parts.length === 0) {
    return `${kind}${SEGMENTS[segment ?? 3]}:${hex(memory.displacement)}`;
  }
  const prefix = segment === undefined ? '' : `${SEGMENTS[segment]}:`;
  return `${kind}${prefix}[${parts.join('+')}${signed(memory.displacement)}]`;
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

function signed(value: number): string {
  if (value === 0) return '';
  return value < 0 ? `-${hex(-value)}` : `+${hex(value)}`;
}

function immediate(
  operand: string,
  value: number,
  { operandSize, immediates, length }: Instruction,
  eip: number,
): string {
  const whole = operandSize === 2 ? 0xffff : 0xffff_ffff;
  switch (operand[0]) {
    case 'J':
      return hex((eip + length + value) & whole);
    case 'A':
      return `${hex(immediates[1])}:${hex(value)}`;
    default:
      if (operand === 'Ib') return hex(value & 0xff);
      return hex(value & (operand === 'Iw' ? 0xffff : whole));
  }
}

/** A string instruction's operand at SI, DI or BX, by the address size. */
function pointer({ addressSize, segment }: Instruction, usual: string, register: string): string {
  const name = segment === undefined || usual === 'es' ? usual : SEGMENTS[segment];
  return `${name}:[${addressSize === 4 ? 'e' : ''}${register}]`;
}

function stringOperands({ mnemonic, width }: Opcode, instruction: Instruction): string[] {
  const size = sizeOf(width, instruction);
  const from = POINTERS[size] + pointer(instruction, 'ds', 'si');
  const to = POINTERS[size] + pointer(instruction, 'es', 'di');
  const accumulator = REGISTERS[size][0];
  switch (mnemonic) {
    case 'movs':
      return [to, from];
    case 'cmps':
      return [from, to];
    case 'stos':
      return [to, accumulator];
    case 'lods':
      return [accumulator, from];
    case 'scas':
      return [accumulator, to];
    case 'ins':
      return [to, 'dx'];
    default:
      return ['dx', from];
  }
}
