/** A line of source → tokens with their columns. NASM manual §3.1, §3.4.1 (numbers), §3.4.2 (strings). */
import { MAX_LINE_LENGTH } from './limits.ts';
import { refuse } from './problem.ts';
import { readString } from './strings.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'sign' | 'end';
  /** Words as written, signs, the literal text of numbers. */
  readonly text: string;
  readonly column: number;
  /** Of a number. */
  readonly value: bigint;
  /** Of a string. */
  readonly bytes: readonly number[];
}

const WORD = /[A-Za-z_.?@][\w.?@$#~]*/y;
const NUMBER = /\d\w*(?:\.\d*)?/y;
const DOLLAR = /\$\$?(?![\w.?@$])/y;
/** `$name` is a name even where it could be a register; `$0F` is hexadecimal. */
const ESCAPED_WORD = /\$[A-Za-z_.?@][\w.?@$#~]*/y;
const DOLLAR_HEX = /\$\d\w*/y;
const SIGN = /\/\/|%%|<<|>>|[-+*/%&|^~!()[\],:=<>]/y;
const BLANK = /[ \t\r]+/y;

const at = (pattern: RegExp, line: string, index: number): string | undefined => {
  pattern.lastIndex = index;
  return pattern.exec(line)?.[0];
};

const token = (kind: Token['kind'], text: string, index: number): Token => ({
  kind,
  text,
  column: index + 1,
  value: 0n,
  bytes: [],
});

export function tokenize(line: string): readonly Token[] {
  if (line.length > MAX_LINE_LENGTH)
    refuse(
      MAX_LINE_LENGTH + 1,
      'the line is too long',
      `it has ${line.length} characters and at most ${MAX_LINE_LENGTH} are read`,
      'break it into several',
    );
  const tokens: Token[] = [];
  let index = 0;
  while (index < line.length && line[index] !== ';') {
    const blank = at(BLANK, line, index);
    if (blank !== undefined) index += blank.length;
    else {
      const [next, length] = readToken(line, index);
      tokens.push(next);
      index += length;
    }
  }
  return [...tokens, token('end', 'the end of the line', index)];
}

function readToken(line: string, index: number): readonly [Token, number] {
  const first = line[index];
  if (/['"`]/.test(first)) {
    const { bytes, length } = readString(line, index);
    const text = line.slice(index, index + length);
    return [{ ...token('string', text, index), bytes }, length];
  }
  const hex = at(DOLLAR_HEX, line, index);
  if (hex !== undefined) return [number(`0x${hex.slice(1)}`, hex, index), hex.length];
  const digits = at(NUMBER, line, index);
  if (digits !== undefined) return [number(digits, digits, index), digits.length];
  const escaped = at(ESCAPED_WORD, line, index);
  if (escaped !== undefined) return [token('word', escaped, index), escaped.length];
  const word = at(DOLLAR, line, index) ?? at(WORD, line, index);
  if (word !== undefined) return [token('word', word, index), word.length];
  const sign = at(SIGN, line, index);
  if (sign !== undefined) return [token('sign', sign, index), sign.length];
  return refuse(
    index + 1,
    `unexpected character "${String.fromCodePoint(line.codePointAt(index) ?? 0)}"`,
    'no instruction, name, number or operator begins with it',
    'remove it, put it into quotes, or write it after a semicolon as a comment',
  );
}

/** Prefix or suffix → base; a suffix h goes first, so that 0b1h is B1 hexadecimal. */
const FORMS: readonly (readonly [RegExp, number])[] = [
  [/^0x([\da-f]+)$/, 16],
  [/^0h([\da-f]+)$/, 16],
  [/^(\d[\da-f]*)h$/, 16],
  [/^0[by]([01]+)$/, 2],
  [/^([01]+)[by]$/, 2],
  [/^0[oq]([0-7]+)$/, 8],
  [/^([0-7]+)[oq]$/, 8],
  [/^0[dt](\d+)$/, 10],
  [/^(\d+)[dt]?$/, 10],
];
const PREFIXES: Readonly<Record<number, string>> = { 16: '0x', 2: '0b', 8: '0o', 10: '' };

function number(written: string, text: string, index: number): Token {
  const plain = written.toLowerCase().replaceAll('_', '');
  if (plain.includes('.'))
    refuse(
      index + 1,
      `"${text}" is no whole number`,
      'the toy PC has no floating-point unit',
      'use a whole number',
    );
  for (const [pattern, base] of FORMS) {
    const digits = pattern.exec(plain)?.[1];
    if (digits === undefined) continue;
    const value = BigInt(PREFIXES[base] + digits);
    if (value >> 64n !== 0n)
      refuse(
        index + 1,
        `the number ${text} is too large`,
        'it takes more than 64 bits',
        'use one of at most 0xFFFFFFFFFFFFFFFF',
      );
    return { ...token('number', text, index), value };
  }
  return refuse(
    index + 1,
    `"${text}" is no number`,
    'it begins with a digit, but not all of it are digits of its base',
    'write 255, 0xFF, 0FFh, 0b1010 or 0o17; names begin with a letter',
  );
}
