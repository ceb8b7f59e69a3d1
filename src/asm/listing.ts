/** The listing: every line of the source with its address and its bytes, as assemblers print it. */
import type { Program } from './assemble.ts';
import type { Placed } from './pass.ts';

const BYTES_PER_ROW = 8;
/** Of one line; more is cut short with dots. */
const MAX_ROWS = 4;

export interface ListedLine {
  /** From 1. */
  readonly line: number;
  /** Absent where nothing lies. */
  readonly address: number | undefined;
  /** Empty for reserved space. */
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly text: string;
}

export function listedLines(program: Program): readonly ListedLine[] {
  const placed = new Map(program.placed.map((place) => [place.line, place]));
  return program.lines.map((text, index) => {
    const place = placed.get(index + 1);
    const code = place === undefined ? undefined : codeOf(program, place);
    return {
      line: index + 1,
      address: code?.address,
      bytes: code?.bytes ?? new Uint8Array(0),
      size: place?.size ?? 0,
      text: text.trimEnd(),
    };
  });
}

function codeOf({ sections }: Program, { section, offset, size }: Placed) {
  const image = sections.find(({ name }) => name === section);
  if (image === undefined) return undefined;
  return { address: image.address + offset, bytes: image.bytes.subarray(offset, offset + size) };
}

const hex = (value: number, digits: number): string =>
  value.toString(16).toUpperCase().padStart(digits, '0');

export function listingText(program: Program): string {
  return listedLines(program).flatMap(rowsOf).join('');
}

function rowsOf({ line, address, bytes, size, text }: ListedLine): string[] {
  const number = String(line).padStart(5);
  if (address === undefined) return [`${number}${' '.repeat(28)}${text}`.trimEnd().concat('\n')];
  const rows: string[] = [];
  const count = Math.min(MAX_ROWS, Math.max(1, Math.ceil(bytes.length / BYTES_PER_ROW)));
  for (let row = 0; row < count; row++) {
    const from = row * BYTES_PER_ROW;
    const digits = bytes.length === 0 ? `<${size} reserved>` : rowBytes(bytes, from, row);
    const head = row === 0 ? number : ' '.repeat(5);
    const tail = row === 0 ? text : '';
    rows.push(
      `${head} ${hex(address + from, 8)} ${digits.padEnd(18)}${tail}`.trimEnd().concat('\n'),
    );
  }
  return rows;
}

function rowBytes(bytes: Uint8Array, from: number, row: number): string {
  const part = bytes.subarray(from, from + BYTES_PER_ROW);
  const isCut = row === MAX_ROWS - 1 && from + BYTES_PER_ROW < bytes.length;
  return Array.from(part, (byte) => hex(byte, 2)).join('') + (isCut ? '…' : '');
}
