/** `vmferry simulate`: seeds with faults, every invariant checked, and planted bugs to be found. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../base/result.ts';
import { CANARIES, findCanary } from '../lab/simulation/canaries/canaries.ts';
import type { Canary } from '../lab/simulation/canaries/plant.ts';
import { NOT_JUDGED } from '../lab/simulation/checker/checker.ts';
import { expand } from '../lab/simulation/expand.ts';
import { PLACES, type Tally, tally, thinCells, thinCourses } from '../lab/simulation/tally.ts';
import type { ExitStatus, Surroundings } from './command.ts';
import { defineCommand } from './define-command.ts';
import { loadGuest } from './load-guest.ts';
import { failureText, repeat } from './seed-failure.ts';
import { runSeeds } from './seed-pool.ts';
import { table } from './table.ts';

const RANGE = /^(\d{1,10})(?:\.\.(\d{1,10}))?$/;
const MAX_SEED = 0xffff_ffff;
const MAX_SEEDS = 1_000_000;
/** A planted bug must be found within so many seeds. */
const CANARY_SEEDS = 1000;
const GUESTS = ['muncher', 'ticker', 'idle', 'idle-pc', 'muncher-pc'] as const;

interface Range {
  readonly from: number;
  readonly to: number;
}

function parseRange(text: string): Result<Range, string> {
  const match = RANGE.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match === null || to < from || to > MAX_SEED || to - from >= MAX_SEEDS)
    return err(`--seeds takes A..B, seeds from 0 to ${MAX_SEED} in rising order, not "${text}"`);
  return ok({ from, to });
}

async function loadGuests(
  surroundings: Surroundings,
): Promise<Result<Record<string, Uint8Array<ArrayBuffer>>, string>> {
  const guests: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const name of GUESTS) {
    const guest = await loadGuest(name, surroundings);
    if (!guest.ok) return guest;
    guests[name] = guest.value;
  }
  return ok(guests);
}

/** Of the tool's own source; a copy without its history has none. */
async function commitOf({ guests }: Surroundings): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: guests });
    return stdout.trim();
  } catch {
    return 'unknown';
  }
}

function hitTable({ hits }: Tally): string {
  const rows = Object.entries(hits).map(([kind, counts]) => [kind, ...counts.map(String)]);
  return table([['fault', ...PLACES], ...rows]);
}

function summary(sum: Tally, seconds: number): string {
  const outcomes = Object.entries(sum.outcomes).filter(([, count]) => count > 0);
  return [
    `${sum.seeds} seeds in ${seconds.toFixed(1)} s, ${sum.twice} of them twice; ${(sum.virtualMs / 1e3).toFixed(0)} s of virtual time`,
    `outcomes: ${outcomes.map(([name, count]) => `${count} ${name}`).join(', ')}`,
    `instructions a seed: ${Math.round(sum.instructions / Math.max(1, sum.seeds))} on average, ${sum.mostInstructions} at most`,
    Object.entries(sum.course)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', '),
    `guests with devices: ${sum.wholeTwins} beside a twin, ${sum.downloads} files fetched whole, ${sum.downloadsAcross} of them while the VM moved`,
    `not judged: ${Object.entries(NOT_JUDGED)
      .map(([id, why]) => `${id} (${why})`)
      .join(', ')}`,
    `violations: ${sum.failures.length}`,
    '',
  ].join('\n');
}

async function simulate(
  range: Range,
  json: boolean,
  atLeast: number,
  surroundings: Surroundings,
): Promise<Result<ExitStatus, string>> {
  const guests = await loadGuests(surroundings);
  if (!guests.ok) return guests;
  const start = Date.now();
  const job = { ...range, shrink: true, untilFailure: false };
  const verdicts = await runSeeds(job, guests.value, surroundings);
  if (!verdicts.ok) return verdicts;
  const sum = tally(verdicts.value);
  const thin = thinCells(sum, atLeast);
  const seldom = thinCourses(sum, atLeast);
  const commit = await commitOf(surroundings);
  const seconds = (Date.now() - start) / 1000;
  if (json) {
    const failures = sum.failures.map((verdict) => ({
      ...verdict,
      commit,
      repeat: repeat(verdict.seed),
    }));
    surroundings.stdout(
      `${JSON.stringify({ ...sum, places: PLACES, thin, seldom, failures, commit, seconds }, undefined, 2)}\n`,
    );
  } else {
    for (const verdict of sum.failures) surroundings.stdout(failureText(verdict, commit));
    surroundings.stdout(`${hitTable(sum)}\n${summary(sum, seconds)}`);
    for (const { kind, stage, hits } of thin)
      surroundings.stdout(`"${kind}" struck stage ${stage} ${hits} times, not ${atLeast}\n`);
    for (const name of seldom)
      surroundings.stdout(`"${name}" came ${sum.course[name as never]} times, not ${atLeast}\n`);
  }
  const enough = thin.length === 0 && seldom.length === 0;
  return ok(sum.failures.length === 0 && enough ? 0 : 1);
}

interface Find {
  readonly canary: string;
  readonly seed: number | null;
  /** Broken first. */
  readonly invariant: string;
  readonly what: string;
  /** By an invariant that this bug breaks, in a seed that is clean without it. */
  readonly found: boolean;
  /** The command; empty if nothing broke. */
  readonly repeat: string;
}

/**
 * Looks for a planted bug until something breaks. It counts as found if that is what the bug breaks,
 * and the same seed without the bug breaks nothing.
 */
async function seek(
  { name, breaks }: Canary,
  range: Range,
  guests: Record<string, Uint8Array<ArrayBuffer>>,
  surroundings: Surroundings,
): Promise<Result<Find, string>> {
  const job = { ...range, canary: name, shrink: false, untilFailure: true };
  const verdicts = await runSeeds(job, guests, surroundings);
  if (!verdicts.ok) return verdicts;
  const hit = verdicts.value.find(({ failure }) => failure !== undefined);
  if (hit?.failure === undefined)
    return ok({
      canary: name,
      seed: null,
      invariant: '',
      what: 'not found',
      found: false,
      repeat: '',
    });
  const { seed } = hit;
  const { id, what } = hit.failure.breach;
  const alone = { from: seed, to: seed, shrink: false, untilFailure: true };
  const control = await runSeeds(alone, guests, surroundings);
  if (!control.ok) return control;
  const broken = control.value[0]?.failure?.breach.id;
  const find = {
    canary: name,
    seed,
    invariant: id,
    repeat: `${repeat(seed)} --canary ${name}`,
  };
  if (broken !== undefined)
    return ok({ ...find, what: `the seed breaks ${broken} without the bug too`, found: false });
  if (!breaks.includes(id))
    return ok({
      ...find,
      what: `not what it breaks (${breaks.join(', ')}): ${what}`,
      found: false,
    });
  return ok({ ...find, what, found: true });
}

/** A bug that stays hidden is a failure of the checks. */
async function hunt(
  canaries: readonly Canary[],
  range: Range,
  json: boolean,
  surroundings: Surroundings,
): Promise<Result<ExitStatus, string>> {
  const guests = await loadGuests(surroundings);
  if (!guests.ok) return guests;
  const finds: Find[] = [];
  for (const canary of canaries) {
    const find = await seek(canary, range, guests.value, surroundings);
    if (!find.ok) return find;
    finds.push(find.value);
  }
  const found = finds.filter((find) => find.found).length;
  const text = table([
    ['planted bug', 'seed', 'breaks', 'what'],
    ...finds.map(({ canary, seed, invariant, what }) => [
      canary,
      seed === null ? '–' : String(seed),
      invariant,
      what,
    ]),
  ]);
  const verdict = `${found} of ${finds.length} planted bugs found within seeds ${range.from}..${range.to}\n`;
  const again = finds.filter(({ seed }) => seed !== null).map((find) => `again: ${find.repeat}\n`);
  const lines = [text, ...again, verdict];
  surroundings.stdout(json ? `${JSON.stringify(finds, undefined, 2)}\n` : lines.join(''));
  return ok(found === finds.length ? 0 : 1);
}

export const simulateCommand = defineCommand({
  name: 'simulate',
  summary: 'Runs seeds with injected faults and holds every invariant.',
  argument: {
    name: 'SEED',
    help: 'Print the scenario that this seed stands for, and do not run it.',
    required: false,
  },
  options: {
    seeds: { kind: 'text', value: 'A..B', help: 'The seeds to run, or a single one.' },
    canary: {
      kind: 'text',
      value: 'NAME',
      help: `Plant a bug and look for it, or all one after another (all, ${CANARIES.map(({ name }) => name).join(', ')}).`,
    },
    hits: {
      kind: 'integer',
      value: 'N',
      min: 0,
      max: MAX_SEEDS,
      help: 'Fail unless each kind of fault has struck each stage so often.',
    },
    json: { kind: 'flag', help: 'Print the outcome as JSON.' },
  },
  async run({ argument, options }, surroundings) {
    if (argument !== '') {
      const seed = parseRange(argument);
      if (!seed.ok) return seed;
      surroundings.stdout(`${JSON.stringify(expand(seed.value.from), undefined, 2)}\n`);
      return ok(0);
    }
    const { canary } = options;
    const range = parseRange(options.seeds ?? `1..${canary === undefined ? 100 : CANARY_SEEDS}`);
    if (!range.ok) return range;
    if (canary === undefined)
      return simulate(range.value, options.json, options.hits ?? 0, surroundings);
    const named = findCanary(canary);
    if (canary !== 'all' && named === undefined)
      return err(`there is no planted bug "${canary}"; vmferry simulate --help names them`);
    const canaries = named === undefined ? CANARIES : [named];
    return hunt(canaries, range.value, options.json, surroundings);
  },
});
