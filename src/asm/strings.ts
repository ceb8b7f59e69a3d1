/** Quoted strings: '…' and "…" as they stand, `…` with C's escapes (NASM manual §3.4.2). Text is UTF-8. */
import { refuse } from './problem.ts';

const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  e: 27,
  "'": 39,
  '"': 34,
  '`': 96,
  '\\': 92,
  '?': 63,
};
const HEX_ESCAPE = /x([\da-fA-F]{1,2})/y;
const OCTAL_ESCAPE = /[0-7]{1,3}/y;

export interface QuotedString {
  readonly bytes: readonly number[];
  /** Characters of source, quotes included. */
  readonly length: number;
}

export function readString(line: string, start: number): QuotedString {
  const quote = line[start];
  const bytes: number[] = [];
  let index = start + 1;
  while (index < line.length && line[index] !== quote) {
    if (quote === '`' && line[index] === '\\') {
      const [byte, length] = readEscape(line, index);
      bytes.push(byte);
      index += length;
    } else {
      const character = String.fromCodePoint(line.codePointAt(index) ?? 0);
      bytes.push(...new TextEncoder().encode(character));
      index += character.length;
    }
  }
  if (index >= line.length)
    refuse(
      start + 1,
      'the string does not end',
      `its opening ${quote} has no closing ${quote} on the line`,
      `put a ${quote} where it ends; a quote inside may be of the other kind`,
    );
  return { bytes, length: index + 1 - start };
}

function readEscape(line: string, index: number): readonly [number, number] {
  const simple = SIMPLE[line[index + 1]];
  if (simple !== undefined) return [simple, 2];
  HEX_ESCAPE.lastIndex = index + 1;
  const hex = HEX_ESCAPE.exec(line);
  if (hex !== null) return [Number.parseInt(hex[1], 16), 1 + hex[0].length];
  OCTAL_ESCAPE.lastIndex = index + 1;
  const octal = OCTAL_ESCAPE.exec(line);
  if (octal !== null) return [Number.parseInt(octal[0], 8) & 0xff, 1 + octal[0].length];
  return refuse(
    index + 1,
    `unknown escape "\\${line[index + 1] ?? ''}"`,
    'in back quotes a backslash begins an escape, and this is none of them',
    'use \\n, \\r, \\t, \\0, \\xHH or \\\\, or quote the string with \' or "',
  );
}
