/** Adds verdicts up: outcomes, failures, and what struck in which stage. */
import { OUTCOMES } from './checker/outcome.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';
import { COURSES, type Course } from './run.ts';
import type { SeedVerdict } from './seed.ts';

export const PLACES = ['before', '0', '1', '2', '3', '4', '5', '6', 'after'] as const;

export interface Tally {
  readonly seeds: number;
  readonly twice: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly algorithms: Readonly<Record<string, number>>;
  /** Hits by kind of fault, then by stage. */
  readonly hits: Readonly<Record<FaultKind, readonly number[]>>;
  readonly course: Course;
  readonly instructions: number;
  readonly mostInstructions: number;
  readonly virtualMs: number;
  readonly downloads: number;
  readonly downloadsAcross: number;
  readonly wholeTwins: number;
  readonly failures: readonly SeedVerdict[];
}

export interface ThinCell {
  readonly kind: FaultKind;
  readonly stage: number;
  readonly hits: number;
}

/** Cells of kind and stage that were struck less often than asked. Every one can be struck [PROTOCOL.md, Faults]. */
export function thinCells({ hits }: Tally, atLeast: number): readonly ThinCell[] {
  const [first, last] = [placeIndex('0'), placeIndex('6')];
  return FAULT_KINDS.flatMap((kind) =>
    hits[kind]
      .slice(first, last + 1)
      .map((count, stage) => ({ kind, stage, hits: count }))
      .filter((cell) => cell.hits < atLeast),
  );
}

/** Courses that were taken less often than asked. */
export const thinCourses = ({ course }: Tally, atLeast: number): readonly string[] =>
  COURSES.filter((name) => course[name] < atLeast);

function sumCourses(verdicts: readonly SeedVerdict[]): Course {
  const of = (name: keyof Course): number =>
    verdicts.reduce((sum, { course }) => sum + course[name], 0);
  return Object.fromEntries(COURSES.map((name) => [name, of(name)])) as Record<
    keyof Course,
    number
  >;
}

const placeIndex = (place: string): number => (PLACES as readonly string[]).indexOf(place);

export function tally(verdicts: readonly SeedVerdict[]): Tally {
  const hits = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, PLACES.map(() => 0)])) as Record<
    FaultKind,
    number[]
  >;
  for (const verdict of verdicts) {
    for (const { kind, place } of verdict.hits) {
      hits[kind][placeIndex(String(place))] += 1;
    }
  }
  const instructions = verdicts.map((verdict) => verdict.instructions);
  return {
    seeds: verdicts.length,
    twice: verdicts.filter(({ twice }) => twice).length,
    outcomes: count(
      [...OUTCOMES, 'broken'],
      verdicts.map(({ outcome }) => outcome),
    ),
    algorithms: count([], verdicts.map(({ algorithm }) => algorithm).sort()),
    hits,
    course: sumCourses(verdicts),
    instructions: instructions.reduce((sum, n) => sum + n, 0),
    mostInstructions: Math.max(0, ...instructions),
    virtualMs: verdicts.reduce((sum, verdict) => sum + verdict.virtualMs, 0),
    downloads: verdicts.reduce((sum, { downloads }) => sum + downloads, 0),
    downloadsAcross: verdicts.reduce((sum, { downloadsAcross }) => sum + downloadsAcross, 0),
    wholeTwins: verdicts.filter(({ wholeTwin }) => wholeTwin).length,
    failures: verdicts.filter(({ failure }) => failure !== undefined),
  };
}

function count(names: readonly string[], items: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}
