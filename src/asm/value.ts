/**
 * What an expression comes to: a number, plus addresses of sections and registers, each times
 * something. Only a plain number is a constant; an address is known when the sections are laid out.
 * Numbers have 64 bits, as NASM's.
 */
import type { Register } from './registers.ts';

export interface Term {
  /** A register, or the name of a section, whose first byte is meant. */
  readonly of: Register | string;
  readonly count: bigint;
}

export interface Value {
  readonly scalar: bigint;
  readonly terms: readonly Term[];
  /** Has a symbol in it that this pass has not come to yet. */
  readonly unknown: boolean;
}

export const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

export const scalarValue = (scalar: bigint): Value => ({
  scalar: wrap(scalar),
  terms: [],
  unknown: false,
});

export const UNKNOWN: Value = { scalar: 0n, terms: [], unknown: true };

export const isScalar = ({ terms }: Value): boolean => terms.length === 0;

export function add(a: Value, b: Value): Value {
  const counts = new Map<Register | string, bigint>();
  for (const { of, count } of [...a.terms, ...b.terms])
    counts.set(of, wrap((counts.get(of) ?? 0n) + count));
  const terms = [...counts].flatMap(([of, count]) => (count === 0n ? [] : [{ of, count }]));
  return { scalar: wrap(a.scalar + b.scalar), terms, unknown: a.unknown || b.unknown };
}

export function scale({ scalar, terms, unknown }: Value, factor: bigint): Value {
  const scaled = terms.flatMap(({ of, count }) =>
    factor === 0n ? [] : [{ of, count: wrap(count * factor) }],
  );
  return { scalar: wrap(scalar * factor), terms: scaled, unknown };
}
