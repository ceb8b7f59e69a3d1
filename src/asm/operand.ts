/**
 * Operands (NASM manual §3.1, §3.3, §3.7): tokens → what is meant, names not yet looked up. Lines of the
 * disassembler are understood as well: `DWORD PTR [eax]`, `ds:0x1234`, `es:[edi]`.
 */
import { type Expression, parseExpression, partsOf } from './expression.ts';
import { refuse } from './problem.ts';
import { type Register, registerOf } from './registers.ts';
import type { TokenReader } from './token-reader.ts';

/** Bytes; 6 is a far pointer of 48 bits. */
export type Size = 1 | 2 | 4 | 6 | 8;

interface Marks {
  readonly column: number;
  readonly size: Size | undefined;
  /** The size is meant as written, and is not to be made smaller. */
  readonly strict: boolean;
  readonly distance: 'short' | 'near' | 'far' | undefined;
}

export interface RegisterOperand extends Marks {
  readonly kind: 'register';
  readonly register: Register;
}
export interface ValueOperand extends Marks {
  readonly kind: 'value';
  readonly expression: Expression;
  /** Of a far pointer, `selector:offset`. */
  readonly selector: Expression | undefined;
}
export interface MemoryOperand extends Marks {
  readonly kind: 'memory';
  readonly expression: Expression;
  readonly segment: Register | undefined;
  /** A size in the brackets: of the displacement; without registers, of the address. */
  readonly inner: Size | undefined;
  /** Written without brackets, after a segment: `ds:0x1234`. */
  readonly isBare: boolean;
}
export type Operand = RegisterOperand | ValueOperand | MemoryOperand;

const SIZES: Readonly<Record<string, Size>> = { byte: 1, word: 2, dword: 4, fword: 6, qword: 8 };
/** What cannot be a label, because it says something of an operand. */
export const isMark = (word: string): boolean =>
  Object.hasOwn(SIZES, word) || ['short', 'near', 'far', 'strict', 'ptr'].includes(word);

const DISTANCES = ['short', 'near', 'far'] as const;
const UNKNOWN_SIZES = ['tword', 'oword', 'yword', 'zword', 'xmmword'];

export function parseOperand(reader: TokenReader): Operand {
  const marks = parseMarks(reader);
  const { kind, text } = reader.peek();
  const register = kind === 'word' ? registerOf(text) : undefined;
  if (register?.kind === 'segment' && reader.isSign(':', 1)) {
    reader.next();
    reader.next();
    return reader.isSign('[')
      ? parseBrackets(reader, marks, register)
      : { ...bareMemory(reader, marks, register), isBare: true };
  }
  if (reader.isSign('[')) return parseBrackets(reader, marks, undefined);
  if (register !== undefined && isOperandEnd(reader, 1)) {
    reader.next();
    return { kind: 'register', ...marks, register };
  }
  const expression = withoutRegisters(parseExpression(reader));
  if (!reader.accept(':')) return { kind: 'value', ...marks, expression, selector: undefined };
  const offset = withoutRegisters(parseExpression(reader));
  return { kind: 'value', ...marks, expression: offset, selector: expression };
}

/** What begins another token may be a missing comma, but is no expression. */
const isOperandEnd = (reader: TokenReader, ahead: number): boolean =>
  reader.isSign(',', ahead) || reader.peek(ahead).kind !== 'sign';

function parseMarks(reader: TokenReader): Marks {
  const { column } = reader.peek();
  let size: Size | undefined;
  let strict = false;
  let distance: Marks['distance'];
  for (;;) {
    const word = reader.word();
    const near = DISTANCES.find((name) => name === word);
    if (UNKNOWN_SIZES.includes(word))
      refuse(
        reader.peek().column,
        `the toy PC has no ${word}`,
        'nothing in it is wider than 64 bits',
        'use byte, word, dword or qword',
      );
    if (Object.hasOwn(SIZES, word)) size = SIZES[word];
    else if (word === 'strict') strict = true;
    else if (near !== undefined) distance = near;
    else if (word !== 'ptr') break;
    reader.next();
  }
  return { column, size, strict, distance };
}

function parseBrackets(
  reader: TokenReader,
  marks: Marks,
  outside: Register | undefined,
): MemoryOperand {
  reader.expect('[', 'the bracket of an address is missing');
  let segment = outside;
  let inner: Size | undefined;
  for (;;) {
    const word = reader.word();
    const register = registerOf(word);
    if (Object.hasOwn(SIZES, word)) {
      inner = SIZES[word];
      reader.next();
    } else if (register?.kind === 'segment' && reader.isSign(':', 1)) {
      segment = register;
      reader.next();
      reader.next();
    } else break;
  }
  const operand = memory(reader, marks, segment, inner);
  reader.expect(']', 'the bracket of an address is not closed');
  return operand;
}

/** `ds:0x1234`, as the disassembler writes it. */
function bareMemory(reader: TokenReader, marks: Marks, segment: Register): MemoryOperand {
  const { column } = reader.peek();
  const operand = memory(reader, marks, segment, undefined);
  for (const part of partsOf(operand.expression))
    if (part.kind === 'register')
      refuse(
        column,
        'the brackets of the address are missing',
        'what a register holds is an address only in brackets',
        `write [${segment.name}:${part.register.name}]`,
      );
  return operand;
}

function memory(
  reader: TokenReader,
  marks: Marks,
  segment: Register | undefined,
  inner: Size | undefined,
): MemoryOperand {
  const expression = parseExpression(reader);
  return { kind: 'memory', ...marks, expression, segment, inner, isBare: false };
}

export function withoutRegisters(expression: Expression): Expression {
  for (const part of partsOf(expression)) {
    if (part.kind !== 'register') continue;
    const { name } = part.register;
    refuse(
      part.column,
      `the register ${name} cannot be part of a constant`,
      'what it holds is known only when the program runs',
      `put brackets around it for an address, or use lea to calculate with it`,
    );
  }
  return expression;
}
