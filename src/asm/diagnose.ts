/** Why no row of the table fits an instruction as written, in words. */
import { type Form, formsOf, INSTRUCTION_NAMES } from './instruction-set.ts';
import { MISSES, type Missed, type Resolved } from './match.ts';
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

/** Forms with their operands, other encodings of the same left out. */
function formsShown(name: string, forms: readonly Form[]): string {
  const texts = forms.map(({ operands }) => operands.map(shown).join(', '));
  const different = [...new Set(texts)].map((text) => `${name} ${text}`.trim());
  const rest = different.length > MAX_SHOWN ? ', …' : '';
  return different.slice(0, MAX_SHOWN).join('; ') + rest;
}

export function explain(
  instruction: Instruction,
  operands: readonly Resolved[],
  misses: readonly Missed[],
): never {
  const { name, column } = instruction;
  const forms = formsOf(name);
  if (forms.length === 0) return unknownInstruction(name, column);
  if (misses.length === 0) return wrongCount(instruction, operands.length);
  const nearest = misses.reduce((best, miss) => (rank(miss) > rank(best) ? miss : best));
  const near = misses.filter((miss) => rank(miss) === rank(nearest)).map(({ form }) => form);
  const operand = operands[nearest.at];
  return explainMiss(nearest, operand, { name, at: operand?.column ?? column, forms: near });
}

/** How far a row got with the operands; a missing size is noticed when all of them fit. */
const rank = ({ miss, at }: Missed): number =>
  (miss === 'unsized' ? 9 : at) * MISSES.length - MISSES.indexOf(miss);

function wrongCount({ name, column }: Instruction, count: number): never {
  const forms = formsOf(name);
  const counts = [...new Set(forms.map((form) => form.operands.length))].sort((a, b) => a - b);
  const wanted = counts.join(' or ');
  const noun = wanted === '1' ? 'operand' : 'operands';
  return refuse(
    column,
    `${name} takes ${wanted === '0' ? 'no' : wanted} ${noun}, not ${count}`,
    `what can be written is ${formsShown(name, forms)}`,
    count === 0 ? 'write them after it' : 'put commas between operands, and leave none out',
  );
}

interface Place {
  readonly name: string;
  readonly at: number;
  /** The ones that are nearest to what is written. */
  readonly forms: readonly Form[];
}

function explainMiss(
  { miss, at: index }: Missed,
  operand: Resolved | undefined,
  { name, at, forms }: Place,
): never {
  const nearest = `what can be written is ${formsShown(name, forms)}`;
  switch (miss) {
    case 'unsized':
      return refuse(
        at,
        'the size of the operand in memory is not known',
        `an address says where it is, but not whether ${name} is about a byte, a word or a double word`,
        'write byte, word or dword before the bracket',
      );
    case 'size':
      return refuse(
        at,
        `the operands of ${name} do not fit in size`,
        `${nearest}, in bytes, words or double words throughout`,
        'al is a byte, ax a word, eax a double word; movzx and movsx widen',
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
        nearest,
        adviceFor(operand, index),
      );
  }
}

function adviceFor(operand: Resolved | undefined, index: number): string {
  if (operand?.kind === 'memory')
    return 'only one operand can be in memory: load it into a register first';
  if (operand?.kind === 'value')
    return index === 0
      ? 'the first operand is where the result goes; a constant comes second'
      : 'load the constant into a register first';
  return operand?.register.name === 'cs'
    ? 'cs changes by a far jump, call or return only'
    : 'use a general register, or move the value to where it is needed first';
}

function described(operand: Resolved): string {
  if (operand.kind === 'register') return `the register ${operand.register.name}`;
  if (operand.kind === 'memory') return 'an operand in memory';
  return operand.selector === undefined ? 'a constant' : 'a far pointer';
}

const FLOATING_POINT =
  /^f(n?init|n?clex|n?stsw|n?stcw|ldcw|i?ld|i?stp?|[iu]?comp?|i?addp?|i?subr?p?|i?mulp?|i?divr?p?|xch|abs|chs|sin|cos|sqrt)/;

function unknownInstruction(name: string, column: number): never {
  if (FLOATING_POINT.test(name))
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
