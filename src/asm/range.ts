/** Numbers → little-endian bytes, with the ranges that a place of so many bytes has. */
import { refuse } from './problem.ts';

export interface Place {
  readonly size: 1 | 2 | 4 | 8;
  /** `bits`: with or without a sign; `signed`; `distance`: of a jump. */
  readonly meaning: 'bits' | 'signed' | 'distance';
  readonly column: number;
}

const PLACES: Readonly<Record<number, string>> = {
  1: 'a byte',
  2: 'a word',
  4: 'a double word',
  8: 'a quad word',
};

/** Without `strict`, what is too large is cut off. */
export function littleEndian(value: bigint, place: Place, strict: boolean): readonly number[] {
  if (strict) checkRange(value, place);
  const bytes: number[] = [];
  for (let i = 0; i < place.size; i++) bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
  return bytes;
}

function checkRange(value: bigint, { size, meaning, column }: Place): void {
  const bits = BigInt(8 * size);
  const low = -(1n << (bits - 1n));
  const high = meaning === 'bits' ? (1n << bits) - 1n : -low - 1n;
  if (size === 8 || (value >= low && value <= high)) return;
  if (meaning === 'distance') {
    if (size > 1) return; // wraps around, as the instruction pointer does
    refuse(
      column,
      'the jump is out of range',
      `its target is ${value} bytes from the next instruction, and a short jump reaches from ${low} to ${high}`,
      'leave out "short"; loop and jecxz are always short: jump over a jmp instead',
    );
  }
  refuse(
    column,
    `the value ${value} does not fit`,
    `${PLACES[size]} holds ${low} to ${high}${meaning === 'signed' ? ' here, because it is widened with its sign' : ''}`,
    'use a smaller value or a wider operand',
  );
}
