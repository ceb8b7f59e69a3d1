/**
 * String instructions with their operands written out, as the disassembler does: `movs DWORD PTR
 * es:[edi],DWORD PTR ds:[esi]` is `movsd`. The operands only tell sizes and the source's segment.
 */
import { STRINGS } from '../cpu/mnemonics.ts';
import type { MemoryOperand, Operand } from './operand.ts';
import { refuse } from './problem.ts';
import type { Register } from './registers.ts';
import type { Instruction } from './statement.ts';

const SUFFIXES: Readonly<Record<number, string>> = { 1: 'b', 2: 'w', 4: 'd' };

export function withoutStringOperands(instruction: Instruction): Instruction {
  const { name, operands, column, prefixes } = instruction;
  const isXlat = name === 'xlat' && operands.length > 0;
  if (!STRINGS.includes(name) && !isXlat) return instruction;
  const pointers = operands.flatMap((operand) =>
    operand.kind === 'memory' ? [{ operand, register: pointerOf(operand) }] : [],
  );
  const suffix = isXlat ? '' : SUFFIXES[sizeOf(operands) ?? 0];
  const registers = pointers.flatMap(({ register }) => register ?? []);
  if (suffix === undefined || registers.length === 0 || registers.length < pointers.length)
    refuse(
      column,
      `the size of ${name} is missing`,
      `${name} works on bytes, words or double words at [esi] and [edi]`,
      `write ${name}b, ${name}w or ${name}d without operands`,
    );
  const source = pointers.find(({ register }) => !/di$/.test(register?.name ?? ''));
  const segment = source?.operand.segment;
  return {
    ...instruction,
    name: name + suffix,
    operands: [],
    prefixes: {
      ...prefixes,
      segment: segment === undefined || segment.name === 'ds' ? prefixes.segment : segment,
      addressSize: registers[0].size === 2 ? 2 : prefixes.addressSize,
    },
  };
}

/** The register in brackets, if it is one that strings are pointed to with. */
function pointerOf({ expression }: MemoryOperand): Register | undefined {
  if (expression.kind !== 'register') return undefined;
  const { register } = expression;
  return /^e?(?:si|di|bx)$/.test(register.name) ? register : undefined;
}

function sizeOf(operands: readonly Operand[]): number | undefined {
  for (const operand of operands) {
    if (operand.size !== undefined) return operand.size;
    if (operand.kind === 'register' && operand.register.name !== 'dx') return operand.register.size;
  }
  return undefined;
}
