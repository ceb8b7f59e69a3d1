/**
 * The assembler for the toy PC: NASM's dialect for 32-bit code, one file, no macros. Any text gives a
 * program or a list of what is wrong with it; the same text always gives the same bytes.
 */
import { err, ok, type Result } from '../base/result.ts';
import { MAX_PROBLEMS } from './limits.ts';
import { type Layout, Pass, type Placed } from './pass.ts';
import type { Problem } from './problem.ts';
import { parseSource } from './source.ts';
import type { Instruction } from './statement.ts';
import type { Value } from './value.ts';

export interface SectionImage {
  readonly name: string;
  readonly address: number;
  /** Empty in .bss. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly size: number;
}

export interface ProgramSymbol {
  readonly name: string;
  readonly value: number;
  /** An address, or a number that EQU gave it. */
  readonly isAddress: boolean;
  readonly line: number;
}

export interface Program {
  readonly origin: number;
  /** `_start`, or the first instruction. */
  readonly entry: number;
  readonly sections: readonly SectionImage[];
  readonly symbols: readonly ProgramSymbol[];
  readonly lines: readonly string[];
  readonly placed: readonly Placed[];
}

/** Passes until jumps stay as long as they once were, and until no more is tried. */
const PATIENCE = 30;
const MAX_PASSES = 200;

/** `origin`: where a program lies that has no `org`. */
export function assemble(text: string, origin = 0): Result<Program, readonly Problem[]> {
  const problems: Problem[] = [];
  const source = parseSource(text, problems);
  const longJumps = new Set<Instruction>();
  const constants = new Map<Instruction, readonly number[]>();
  let layout: Layout = { symbols: new Map(), addresses: new Map() };
  for (let count = 1; count <= MAX_PASSES; count++) {
    const pass = new Pass(source, layout, {
      isFirst: count === 1,
      isLast: false,
      longJumps: count > PATIENCE ? longJumps : undefined,
      constants,
    });
    const next = pass.run(origin);
    const isSettled = sameLayout(layout, next);
    layout = next;
    if (isSettled) break;
  }
  const last = new Pass(source, layout, { isFirst: false, isLast: true, longJumps, constants });
  const end = last.run(origin);
  problems.push(...last.problems);
  if (problems.length === 0 && !sameLayout(layout, end)) problems.push(UNSETTLED);
  if (problems.length > 0) return err(inOrder(problems));
  const base = last.origin ?? origin;
  return ok({
    origin: base,
    entry: numberOf(end.symbols.get('_start'), end) ?? base,
    sections: imagesOf(last, end),
    symbols: symbolsOf(end, source.names),
    lines: source.lines,
    placed: last.placed,
  });
}

const UNSETTLED: Problem = {
  line: 1,
  column: 1,
  what: 'the addresses do not settle',
  why: 'some sizes depend on addresses that depend on those sizes',
  advice: 'write "near" or "strict dword" where a value depends on a label below it',
};

const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_PROBLEMS);

function sameLayout(a: Layout, b: Layout): boolean {
  if (a.symbols.size !== b.symbols.size || a.addresses.size !== b.addresses.size) return false;
  for (const [name, address] of a.addresses) if (b.addresses.get(name) !== address) return false;
  for (const [name, value] of a.symbols) {
    const other = b.symbols.get(name);
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}

function sameValue(a: Value, b: Value): boolean {
  if (a.scalar !== b.scalar || a.unknown !== b.unknown || a.terms.length !== b.terms.length)
    return false;
  return a.terms.every(({ of, count }, i) => b.terms[i].of === of && b.terms[i].count === count);
}

function numberOf(value: Value | undefined, { addresses }: Layout): number | undefined {
  if (value === undefined) return undefined;
  return value.terms.reduce(
    (sum, { of, count }) =>
      sum + (typeof of === 'string' ? (addresses.get(of) ?? 0) * Number(count) : 0),
    Number(value.scalar),
  );
}

function imagesOf({ sections }: Pass, { addresses }: Layout): SectionImage[] {
  return [...addresses].flatMap(([name, address]) => {
    const section = sections.get(name);
    if (section === undefined || section.size === 0) return [];
    return [{ name, address, bytes: section.bytes(), size: section.size }];
  });
}

function symbolsOf(layout: Layout, names: ReadonlyMap<string, number>): ProgramSymbol[] {
  return [...layout.symbols].map(([name, value]) => ({
    name,
    value: numberOf(value, layout) ?? 0,
    isAddress: value.terms.length > 0,
    line: names.get(name) ?? 0,
  }));
}
