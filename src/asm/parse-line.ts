/** A line of source → a statement (NASM manual §3.1: label, instruction, operands, comment). */
import { type DirectiveWord, isDirective, parseDirective } from './directives.ts';
import { parseExpression } from './expression.ts';
import { formsOf, INSTRUCTION_NAMES } from './instruction-set.ts';
import { type Token, tokenize } from './lexer.ts';
import { isMark, type Operand, parseOperand, withoutRegisters } from './operand.ts';
import { isPrefixWord, parsePrefixes } from './prefixes.ts';
import { refuse } from './problem.ts';
import { registerOf } from './registers.ts';
import type { Body, Directive, Instruction, Statement } from './statement.ts';
import { TokenReader } from './token-reader.ts';

type Label = NonNullable<Statement['label']>;
/** A name that the line defines. */
export type Definition = Label & { readonly isEqu: boolean };

const NAMES = new Set(INSTRUCTION_NAMES);
const isInstruction = (word: string): boolean => NAMES.has(word) || isPrefixWord(word);
const isKeyword = (word: string): boolean =>
  isInstruction(word) || isDirective(word) || word === 'times';

/** `lastLabel`: the label that `.names` belong to. `onName` is told before operands are read. */
export function parseLine(
  text: string,
  line: number,
  lastLabel: string,
  onName: (definition: Definition) => void,
): Statement | undefined {
  const tokens = tokenize(text);
  refusePreprocessor(tokens[0], text);
  const before = new TokenReader(tokens, lastLabel);
  const label = parseLabel(before);
  if (label === undefined && before.atEnd) return undefined;
  // An EQU gives a number a name; names with a dot go on belonging to the label before.
  const isEqu = before.word() === 'equ';
  if (label !== undefined) onName({ ...label, isEqu });
  const owner = label === undefined || label.name.includes('.') || isEqu ? lastLabel : label.name;
  const reader = new TokenReader(tokens, owner);
  while (reader.peek().column < before.peek().column) reader.next();
  const { column } = reader.peek();
  if (isEqu) {
    const body = parseEqu(reader, label);
    return { line, column, label: undefined, times: undefined, body };
  }
  const times = reader.acceptWord('times') ? parseExpression(reader) : undefined;
  if (times !== undefined) withoutRegisters(times);
  const body = parseBody(reader);
  reader.expectEnd('the statement');
  return { line, column, label, times, body };
}

function refusePreprocessor(first: Token, text: string): void {
  if (first.text !== '%') return;
  refuse(
    first.column,
    `"${text.trim().split(/\s/)[0]}" is not understood`,
    'this assembler has no macros and no preprocessor',
    'give a number a name with "NAME equ VALUE", and repeat things with times',
  );
}

function parseLabel(reader: TokenReader): Label | undefined {
  const token = reader.peek();
  if (token.kind !== 'word') return undefined;
  const word = reader.word();
  const hasColon = reader.isSign(':', 1);
  // `es: …` is no prefix here; but `es movsb` has no colon.
  if (!hasColon && isKeyword(word)) return undefined;
  if (!hasColon && !isKeyword(reader.word(1))) {
    if (reader.peek(1).kind === 'end' && !word.startsWith('.')) return orphan(token);
    if (!word.startsWith('.')) return undefined;
  }
  refuseLabel(token, hasColon);
  reader.next();
  if (hasColon) reader.next();
  return { name: reader.fullName(token), column: token.column };
}

/** A word alone could be a label or a mistyped instruction; NASM warns, we ask. */
function orphan({ text, column }: Token): never {
  return refuse(
    column,
    `unknown instruction "${text}"`,
    'a word alone on its line is taken for an instruction, and there is none of this name',
    `check its spelling, or write "${text}:" if it is a label`,
  );
}

function refuseLabel({ text, column }: Token, hasColon: boolean): void {
  const name = text.toLowerCase();
  if (name === '$' || name === '$$')
    refuse(
      column,
      `${text} cannot be a label`,
      '$ is the address of the line, and $$ that of its section',
      'use a name that begins with a letter',
    );
  if (text.startsWith('$')) return;
  if (registerOf(name) !== undefined)
    refuse(
      column,
      `${text} cannot be a label`,
      'it is the name of a register',
      'choose another name',
    );
  if ((hasColon && isKeyword(name)) || isMark(name))
    refuse(
      column,
      `${text} cannot be a label`,
      'it is the name of an instruction, a directive or a size',
      'choose another name',
    );
}

function parseEqu(reader: TokenReader, label: Label | undefined): Directive {
  const { column } = reader.next();
  if (label === undefined)
    return refuse(
      column,
      'equ has no name',
      'equ gives a number a name, which stands before it',
      'write "NAME equ VALUE"',
    );
  const value = withoutRegisters(parseExpression(reader));
  reader.expectEnd('the value');
  return { kind: 'equ', name: label.name, value };
}

export function parseBody(reader: TokenReader): Body | Directive {
  if (reader.atEnd) return { kind: 'nothing' };
  const bracketed = reader.isSign('[') && reader.accept('[');
  const word = reader.word();
  if (isDirective(word)) {
    const directive = parseDirective(reader, word as DirectiveWord, () => parseBody(reader));
    if (bracketed) reader.expect(']', 'the bracket of the directive is not closed');
    return directive;
  }
  return parseInstruction(reader);
}

function parseInstruction(reader: TokenReader): Instruction {
  const prefixes = parsePrefixes(reader);
  const { kind, text, column } = reader.peek();
  if (kind !== 'word')
    refuse(
      column,
      kind === 'end' ? 'an instruction is missing' : `unexpected "${text}"`,
      'a line is a label, an instruction or a directive, in this order',
      'write an instruction such as "mov eax, 1", or a comment after a semicolon',
    );
  const name = reader.word();
  reader.next();
  const operands: Operand[] = [];
  // What is no instruction is refused by name, whatever follows it.
  if (formsOf(name).length > 0 || NAMES.has(name)) parseOperands(reader, operands);
  else while (!reader.atEnd) reader.next();
  return { kind: 'instruction', name, column, prefixes, operands };
}

function parseOperands(reader: TokenReader, operands: Operand[]): void {
  if (reader.atEnd) return;
  do operands.push(parseOperand(reader));
  while (reader.accept(','));
}
