/** What is no instruction: data, space, alignment, and where things go (NASM manual §3.2, chapter 7). */
import { parseExpression } from './expression.ts';
import { withoutRegisters } from './operand.ts';
import { NO_PREFIXES } from './prefixes.ts';
import { refuse } from './problem.ts';
import type { Body, DataItem, Directive } from './statement.ts';
import type { TokenReader } from './token-reader.ts';

const DATA = { db: 1, dw: 2, dd: 4, dq: 8 } as const;
const RESERVE = { resb: 1, resw: 2, resd: 4, resq: 8 } as const;
const OTHERS = [
  'align',
  'alignb',
  'bits',
  'use32',
  'org',
  'section',
  'segment',
  'global',
  'equ',
] as const;
/** Understood well enough to say why they are not there. */
const ABSENT: Readonly<Record<string, string>> = {
  extern: 'a program is one file, and nothing is linked to it',
  common: 'a program is one file, and nothing is linked to it',
  incbin: 'a program is one file, and no other is read',
  use16: 'the toy PC starts programs in 32-bit protected mode',
  struc: 'this assembler has no structures',
  istruc: 'this assembler has no structures',
  absolute: 'this assembler has no absolute sections',
  dt: 'the toy PC has no floating-point unit',
  do: 'nothing in the toy PC is wider than 64 bits',
};

export type DirectiveWord = keyof typeof DATA | keyof typeof RESERVE | (typeof OTHERS)[number];

export const isDirective = (word: string): boolean =>
  Object.hasOwn(DATA, word) ||
  Object.hasOwn(RESERVE, word) ||
  Object.hasOwn(ABSENT, word) ||
  OTHERS.some((name) => name === word);

type Parsed = Body | Directive;

export function parseDirective(reader: TokenReader, word: string, parseBody: () => Parsed): Parsed {
  const { column } = reader.next();
  if (Object.hasOwn(ABSENT, word))
    refuse(
      column,
      `"${word}" is not there`,
      ABSENT[word],
      'leave it out, or write what you need with labels, db and equ',
    );
  if (word in DATA) return parseData(reader, DATA[word as keyof typeof DATA], word, column);
  if (word in RESERVE)
    return {
      kind: 'reserve',
      size: RESERVE[word as keyof typeof RESERVE],
      count: constant(reader),
    };
  switch (word) {
    case 'align':
    case 'alignb':
      return parseAlign(reader, word, parseBody);
    case 'org':
      return { kind: 'org', address: constant(reader) };
    case 'section':
    case 'segment':
      return parseSection(reader);
    case 'global':
      return parseGlobal(reader);
    case 'equ':
      return refuse(
        column,
        'equ has no name',
        'it gives a number a name, which stands before it',
        'write "NAME equ VALUE"',
      );
    default:
      return parseMode(reader, word, column);
  }
}

const constant = (reader: TokenReader) => withoutRegisters(parseExpression(reader));

function parseData(reader: TokenReader, size: 1 | 2 | 4 | 8, word: string, column: number): Body {
  const items: DataItem[] = [];
  if (reader.atEnd)
    refuse(
      column,
      `${word} has no data`,
      'it puts the values that follow it into memory',
      `write them after it, as in "${word} 1, 2"`,
    );
  do {
    // A comma at the end is a habit that NASM lets pass.
    if (reader.atEnd && items.length > 0) break;
    items.push(parseItem(reader));
  } while (reader.accept(','));
  return { kind: 'data', size, items };
}

function parseItem(reader: TokenReader): DataItem {
  const { kind, text, column, bytes } = reader.peek();
  const isAlone = reader.isSign(',', 1) || reader.peek(1).kind === 'end';
  if (isAlone && kind === 'string') {
    reader.next();
    return { column, content: bytes };
  }
  if (isAlone && text === '?') {
    reader.next();
    return { column, content: { kind: 'number', value: 0n, column } };
  }
  return { column, content: constant(reader) };
}

function parseAlign(reader: TokenReader, word: string, parseBody: () => Parsed): Body {
  const to = constant(reader);
  const nop: Body | undefined = word === 'align' ? NOP : undefined;
  if (!reader.accept(',')) return { kind: 'align', to, fill: nop };
  const { column } = reader.peek();
  const fill = parseBody();
  if (fill.kind !== 'instruction' && fill.kind !== 'data' && fill.kind !== 'reserve')
    return refuse(
      column,
      'align cannot be filled with this',
      'it fills up with data or instructions of one byte',
      'write "align 16, db 0", or leave it out',
    );
  return { kind: 'align', to, fill };
}

const NOP: Body = {
  kind: 'instruction',
  name: 'nop',
  column: 1,
  prefixes: NO_PREFIXES,
  operands: [],
};

const SECTIONS = ['.text', '.rodata', '.data', '.bss'];

function parseSection(reader: TokenReader): Directive {
  const { text, column } = reader.next();
  if (!SECTIONS.includes(text))
    refuse(
      column,
      `there is no section "${text}"`,
      `a program has ${SECTIONS.join(', ')}: code, constants, data, and space that begins as zero`,
      'use one of them',
    );
  if (reader.atEnd || reader.isSign(']')) return { kind: 'section', name: text };
  const attribute = reader.peek();
  return refuse(
    attribute.column,
    `unexpected "${attribute.text}"`,
    'a section has a name and no attributes here',
    'write "align 16" as a line of its own in the section',
  );
}

function parseGlobal(reader: TokenReader): Directive {
  const names: { name: string; column: number }[] = [];
  do {
    const token = reader.next();
    if (token.kind !== 'word')
      refuse(
        token.column,
        'global needs a name',
        'it makes a label visible to loaders, _start above all',
        'write "global _start"',
      );
    names.push({ name: reader.fullName(token), column: token.column });
  } while (reader.accept(','));
  return { kind: 'global', names };
}

function parseMode(reader: TokenReader, word: string, column: number): Body {
  const mode = reader.peek();
  if (word === 'use32') return { kind: 'nothing' };
  if (word === 'bits' && mode.kind === 'number' && mode.value === 32n) {
    reader.next();
    return { kind: 'nothing' };
  }
  return refuse(
    word === 'bits' ? mode.column : column,
    word === 'bits' ? `bits ${mode.text} is not there` : `"${word}" is not there`,
    'the toy PC starts programs in 32-bit protected mode, and the assembler writes for that',
    'write "bits 32", or leave it out',
  );
}
