/** One seed from expansion to verdict, as plain data that crosses threads. */
import { AssertionError } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { PlantedBug } from '../planted.ts';
import type { Scenario } from '../scenario.ts';
import type { Breach } from './checker/checker.ts';
import type { Outcome } from './checker/outcome.ts';
import { expand } from './expand.ts';
import { type Course, type Hit, type Run, runScenario } from './run.ts';
import { shrinkFaults } from './shrink.ts';

/** One seed of so many runs twice (FoundationDB's share is 5 %). */
export const TWICE_EVERY = 20;

export interface Failure {
  readonly breach: Breach;
  readonly last: readonly string[];
  /** With as few faults as still break the same invariant. */
  readonly shrunk: Scenario;
}

export interface SeedVerdict {
  readonly seed: number;
  readonly algorithm: string;
  readonly outcome: Outcome | 'broken';
  readonly hits: readonly Hit[];
  readonly instructions: number;
  readonly virtualMs: number;
  readonly events: number;
  readonly course: Course;
  readonly downloads: number;
  readonly downloadsAcross: number;
  readonly wholeTwin: boolean;
  readonly twice: boolean;
  readonly failure: Failure | undefined;
}

export type GuestImages = (name: string) => Uint8Array<ArrayBuffer> | undefined;
/** Makes a fresh copy of a planted bug for each run, since bugs may remember things. */
export type BugMaker = () => PlantedBug;

export interface SeedOptions {
  readonly guests: GuestImages;
  readonly plant?: BugMaker | undefined;
  /** Off where only the verdict matters. */
  readonly shrink: boolean;
}

export const runSeed = (seed: number, options: SeedOptions): Result<SeedVerdict, string> =>
  judgeScenario(expand(seed), options);

export function judgeScenario(
  scenario: Scenario,
  options: SeedOptions,
): Result<SeedVerdict, string> {
  const { seed } = scenario;
  const first = attempt(scenario, options);
  if (!first.ok) return first;
  const run = first.value;
  const twice = run.breach === undefined && seed % TWICE_EVERY === 0;
  const breach = run.breach ?? (twice ? disagreement(scenario, run, options) : undefined);
  return ok({
    seed,
    algorithm: scenario.algorithm,
    outcome: breach === undefined ? run.outcome : 'broken',
    hits: run.hits,
    instructions: run.instructions,
    virtualMs: run.virtualMs,
    events: run.events,
    course: run.course,
    downloads: run.downloads,
    downloadsAcross: run.downloadsAcross,
    wholeTwin: run.wholeTwin,
    twice,
    failure: breach && {
      breach,
      last: run.last,
      shrunk: options.shrink ? shrink(scenario, breach, options) : scenario,
    },
  });
}

/** S23: the same scenario, run again, is the same to the last event. */
function disagreement(scenario: Scenario, run: Run, options: SeedOptions): Breach | undefined {
  const again = attempt(scenario, options);
  if (!again.ok) return undefined;
  const { hash, events, virtualMs } = again.value;
  if (hash === run.hash && events === run.events) return undefined;
  const what = `a second run has ${events} events and hash ${hash}, the first ${run.events} and ${run.hash}`;
  return { id: 'S23', what, at: virtualMs * 1e6 };
}

function shrink(scenario: Scenario, breach: Breach, options: SeedOptions): Scenario {
  if (breach.id === 'S23') return scenario;
  return shrinkFaults(scenario, (candidate) => {
    const run = attempt(candidate, options);
    return run.ok && run.value.breach?.id === breach.id;
  });
}

/** An assertion that fails inside the engine is a finding like any other. */
function attempt(scenario: Scenario, { guests, plant }: SeedOptions): Result<Run, string> {
  const guest = guests(scenario.vm.guest);
  if (guest === undefined) return err(`there is no guest "${scenario.vm.guest}"`);
  try {
    return runScenario(scenario, guest, plant?.());
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return ok({
      breach: { id: 'assertion', what: error.message, at: 0 },
      outcome: 'stuck',
      algorithm: scenario.algorithm,
      hits: [],
      hash: 0,
      events: 0,
      instructions: 0,
      virtualMs: 0,
      course: { 'paused by hand': 0, verified: 0, 'moved back': 0 },
      downloads: 0,
      downloadsAcross: 0,
      wholeTwin: false,
      last: [],
    });
  }
}
