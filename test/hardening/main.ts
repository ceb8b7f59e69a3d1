/** `npm run harden`: every parser under so many seeded mutants that what can break would have broken. */
import { Mutator } from '../support/mutator.ts';
import { takeLargest, watchAllocations } from './allocation.ts';
import { type Parser, parsers } from './parsers.ts';

/** One input that takes longer of the processor hangs. */
const HANG_MS = 5_000;

export interface Tally {
  readonly name: string;
  readonly mutants: number;
  readonly refused: number;
  readonly accepted: number;
  /** What was thrown, by its text. */
  readonly broken: ReadonlyMap<string, number>;
  readonly worstMs: number;
  readonly largestBytes: number;
  readonly capBytes: number;
}

/** Nothing thrown, no hang, no buffer over its cap, and both verdicts met. */
export const isSound = (tally: Tally): boolean =>
  tally.broken.size === 0 &&
  tally.worstMs < HANG_MS &&
  tally.largestBytes <= tally.capBytes &&
  tally.refused > 0 &&
  tally.accepted > 0;

export async function harden(parser: Parser, runs: number, seed: number): Promise<Tally> {
  const mutator = new Mutator(parser.goldens, seed);
  const counts = { accepted: 0, refused: 0 };
  const broken = new Map<string, number>();
  let worstMs = 0;
  let largestBytes = 0;
  const unwatch = watchAllocations();
  try {
    for (let i = 0; i < runs; i++) {
      const mutant = mutator.next();
      const input = i % 2 === 1 && parser.repair ? parser.repair(mutant) : mutant;
      takeLargest();
      const start = process.cpuUsage();
      try {
        counts[await parser.parse(input)] += 1;
      } catch (error) {
        const text = `mutant ${i} of seed ${seed}: ${String(error)}`;
        broken.set(text, (broken.get(text) ?? 0) + 1);
      }
      const { user, system } = process.cpuUsage(start);
      worstMs = Math.max(worstMs, (user + system) / 1000);
      largestBytes = Math.max(largestBytes, takeLargest());
    }
  } finally {
    unwatch();
  }
  const { name, capBytes } = parser;
  return { name, mutants: runs, ...counts, broken, worstMs, largestBytes, capBytes };
}

const HEADS = ['parser', 'mutants', 'refused', 'accepted', 'broken', 'worst ms', 'largest / cap'];

function row(tally: Tally): string[] {
  const { name, mutants, refused, accepted, broken, worstMs, largestBytes, capBytes } = tally;
  const buffers = `${largestBytes} / ${capBytes}`;
  const counts = [mutants, refused, accepted, broken.size].map(String);
  return [name, ...counts, worstMs.toFixed(1), buffers];
}

const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(i === 6 ? 18 : 9))).join(' ');

/** @returns whether every parser held, or the one of that name */
export async function main(runs: number, seed: number, only?: string): Promise<boolean> {
  const all = await parsers();
  const chosen = only === undefined ? all : all.filter(({ name }) => name === only);
  if (chosen.length === 0) {
    console.error(`there is no parser "${only}": ${all.map(({ name }) => name).join(', ')}`);
    return false;
  }
  console.log(line(HEADS));
  let held = true;
  for (const parser of chosen) {
    const tally = await harden(parser, runs, seed);
    console.log(line(row(tally)));
    for (const text of [...tally.broken.keys()].slice(0, 10)) console.log(`  ${text}`);
    held &&= isSound(tally);
  }
  return held;
}
