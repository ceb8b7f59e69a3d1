/** Why no row of the table fits an instruction as written, in words. */
import { formsOf, INSTRUCTION_NAMES } from './instruction-set.ts';
import { type Matched, MISSES, type Resolved } from './match.ts';
import { refuse } from './problem.ts';
import { similar } from './similar.ts';
import type { Instruction } from './statement.ts';

const MAX_SHOWN = 6;

const OPERANDS: Readonly<Record<string, string>> = {
  E: 'r/m',
  M: 'm',
  R: 'r',
  G: 'r',
  Z: 'r',
  S: 'sreg',
  C: 'cr',
  D: 'dr',
  I: 'imm',
  s: 'imm8',
  J: 'label',
  O: 'm',
  A: 'selector:offset',
};
const WIDTHS: Readonly<Record<string, string>> = {
  b: '8',
  w: '16',
  d: '32',
  v: '32',
  p: '48',
  q: '64',
  a: '64',
};

/** As the manuals write it: r/m32, imm8. */
function shown(operand: string): string {
  if (operand === '1') return '1';
  if (operand === 'AX') return 'eax';
  if (/^[A-Z]{2}$/.test(operand)) return operand.toLowerCase();
  const name = OPERANDS[operand[0]] ?? operand;
  return /^[EMRGZIO]/.test(operand) ? name + (WIDTHS[operand[1]] ?? '') : name;
}

/** The forms of a name with their operands, shorter ways of the same thing left out. */
function formsShown(name: string): string {
  const texts = formsOf(name).map(({ operands }) => operands.map(shown).join(', '));
  const different = [...new Set(texts)].map((text) => `${name} ${text}`.trim());
  const rest = different.length > MAX_SHOWN ? ', …' : '';
  return different.slice(0, MAX_SHOWN).join('; ') + rest;
}

export function explain(
  instruction: Instruction,
  operands: readonly Resolved[],
  misses: readonly Extract<Matched, { ok: false }>[],
): never {
  const { name, column } = instruction;
  const forms = formsOf(name);
  if (forms.length === 0) return unknownInstruction(name, column);
  if (misses.length === 0) {
    const counts = [...new Set(forms.map((form) => form.operands.length))].sort((a, b) => a - b);
    const wanted = counts.join(' or ');
    return refuse(
      column,
      `${name} takes ${wanted} operand${wanted === '1' ? '' : 's'}, not ${operands.length}`,
      `its forms are ${formsShown(name)}`,
      operands.length === 0
        ? 'write them after it'
        : 'put commas between operands, and leave none out',
    );
  }
  const nearest = misses.reduce((best, miss) => (rank(miss) < rank(best) ? miss : best));
  return explainMiss(nearest, name, operands[nearest.at], column);
}

const rank = ({ miss, at }: Extract<Matched, { ok: false }>): number =>
  MISSES.indexOf(miss) * 8 - at;

function explainMiss(
  { miss }: Extract<Matched, { ok: false }>,
  name: string,
  operand: Resolved | undefined,
  column: number,
): never {
  const at = operand?.column ?? column;
  switch (miss) {
    case 'unsized':
      return refuse(
        at,
        'the size of the operand in memory is not known',
        `an address says where it is, but not whether ${name} is about a byte, a word or a double word`,
        `write byte, word or dword before the bracket`,
      );
    case 'size':
      return refuse(
        at,
        `the operands of ${name} do not fit each other in size`,
        `its forms are ${formsShown(name)}, with registers of one width`,
        'use operands of one width: al is a byte, ax a word, eax a double word; movzx and movsx widen',
      );
    case 'range':
      return refuse(
        at,
        `${name} has no such short form`,
        'the operand does not fit the size that is written before it',
        'leave the size out; the shortest that fits is taken',
      );
    default:
      return refuse(
        at,
        `${name} cannot take ${operand === undefined ? 'this' : described(operand)} here`,
        `its forms are ${formsShown(name)}`,
        'load a value into a register first where memory, a constant or a special register is not allowed',
      );
  }
}

function described(operand: Resolved): string {
  if (operand.kind === 'register') return `the register ${operand.register.name}`;
  if (operand.kind === 'memory') return 'an operand in memory';
  return operand.selector === undefined ? 'a constant' : 'a far pointer';
}

function unknownInstruction(name: string, column: number): never {
  if (/^f[a-z0-9]+$/.test(name) && similar(name, INSTRUCTION_NAMES) === undefined)
    refuse(
      column,
      `the toy PC has no instruction "${name}"`,
      'it has no floating-point unit',
      'calculate with whole numbers',
    );
  const guess = similar(name, INSTRUCTION_NAMES);
  return refuse(
    column,
    `unknown instruction "${name}"`,
    'the toy PC has no instruction, and the assembler no directive, of this name',
    guess === undefined
      ? 'put a colon after it if it is a label'
      : `did you mean "${guess}"? A label needs a colon after it`,
  );
}
