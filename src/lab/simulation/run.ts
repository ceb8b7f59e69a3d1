/**
 * One run of one scenario under the checker's eyes: until everything has come to rest, or something
 * is wrong, or the scenario's limit is reached.
 */
import { ok, type Result } from '../../base/result.ts';
import { earliest, type Instant, instant, milliseconds } from '../../base/units.ts';
import {
  HOST_A,
  type LabEvent,
  PAGE_EVENTS,
  type PageEvent,
  type Party,
} from '../../trace/event.ts';
import { type TraceVisitor, visitMerged } from '../../trace/merge.ts';
import type { TraceChunk } from '../../trace/recorder.ts';
import { eventLine } from '../../trace/text.ts';
import { drivesCard } from '../guests.ts';
import { Lab } from '../lab.ts';
import type { PlantedBug } from '../planted.ts';
import type { LabInput, Scenario } from '../scenario.ts';
import { VM_MAC, VM_MOVED_MAC } from '../wiring.ts';
import { type Breach, Checker } from './checker/checker.ts';
import { type Outcome, outcomeOf } from './checker/outcome.ts';
import type { Story } from './checker/story.ts';
import { type FaultKind, kindOfInput, kindOfStrike } from './fault-kinds.ts';
import { HostWatch, lookAtTwin } from './look.ts';

const STRIDE = milliseconds(20);
/** What happens soon after everything has come to rest belongs to the run. */
const TAIL = milliseconds(250);
/** By then a doubt is resolved and a paused pull has gone on. */
const RECOVERY = milliseconds(20_000);
const LAST_EVENTS = 50;

interface Plan {
  /** Migrations that are asked for, and by which host. */
  readonly asked: readonly { readonly at: number; readonly from: Party }[];
  readonly healedAt: number | undefined;
}

/** Where in a migration a fault struck: a stage of the source, or before, between or after them. */
export type Place = 'before' | number | 'after';
export interface Hit {
  readonly kind: FaultKind;
  readonly place: Place;
}

/** What is no fault and yet takes a migration another way, and how often it did. */
export const COURSES = ['paused by hand', 'verified', 'moved back'] as const;
export type Course = Readonly<Record<(typeof COURSES)[number], number>>;

export interface Run {
  readonly breach: Breach | undefined;
  readonly outcome: Outcome;
  readonly algorithm: string;
  readonly hits: readonly Hit[];
  /** Of all events, whatever they hold: two runs of a seed must agree. */
  readonly hash: number;
  readonly events: number;
  /** Guest instructions, the twin's included. */
  readonly instructions: number;
  readonly virtualMs: number;
  /** Files that the client has fetched from the guest whole, and those under way while the VM stood still. */
  readonly downloads: number;
  readonly downloadsAcross: number;
  /** Pauses by hand, and migrations with VERIFY. */
  readonly course: Course;
  /** Guests with devices that stood beside a twin. */
  readonly wholeTwin: boolean;
  /** Lines of the trace before the breach, or before the end. */
  readonly last: readonly string[];
}

export function runScenario(
  scenario: Scenario,
  guest: Uint8Array<ArrayBuffer>,
  planted?: PlantedBug,
): Result<Run, string> {
  const created = Lab.create(scenario, guest, undefined, planted);
  if (!created.ok) return created;
  const lab = created.value;
  const observer = new Observer();
  const watches = lab.hosts.map((host) => new HostWatch(host));
  const limit = instant(scenario.migration.limitMs * 1e6);
  const plan = { asked: askedMoments(scenario), healedAt: healingOf(scenario) };
  let restingSince: Instant | undefined;
  while (lab.now < limit && observer.checker.breach === undefined) {
    const { chunks } = lab.advance(earliest(instant(lab.now + STRIDE), limit));
    visitMerged(chunks, observer);
    for (const watch of watches) watch.glance();
    if (!atRest(observer.checker.story, lab.now, plan)) restingSince = undefined;
    else restingSince ??= lab.now;
    if (restingSince !== undefined && lab.now - restingSince >= TAIL) break;
  }
  return ok(conclude(scenario, guest, lab, observer, watches));
}

function conclude(
  scenario: Scenario,
  guest: Uint8Array<ArrayBuffer>,
  lab: Lab,
  observer: Observer,
  watches: readonly HostWatch[],
): Run {
  const { checker } = observer;
  const { story } = checker;
  const twin = checker.breach === undefined ? lookAtTwin(lab, scenario, guest, story) : undefined;
  if (checker.breach === undefined) {
    checker.conclude({
      hosts: [watches[0].sight(), watches[1].sight()],
      macs: [VM_MAC, scenario.network.newMac ? VM_MOVED_MAC : VM_MAC],
      twin,
      report: lab.report(),
      wrongBytes: lab.network.checkpoint().client.fetcher?.transcript?.wrongBytes ?? 0,
      healed: healingOf(scenario) !== undefined,
      maxRounds: scenario.migration.maxRounds,
    });
  }
  return {
    breach: checker.breach,
    outcome: outcomeOf(story),
    algorithm: scenario.algorithm,
    hits: observer.hits,
    hash: observer.hash,
    events: observer.events,
    instructions: story.retired + (twin?.twinRetired ?? 0),
    virtualMs: lab.now / 1e6,
    course: {
      'paused by hand': story.pausesByHand,
      verified: story.verifications,
      'moved back': story.movesBack,
    },
    downloads: story.downloads,
    downloadsAcross: story.downloadsAcross,
    wholeTwin: twin !== undefined && drivesCard(scenario.vm),
    last: observer.last(),
  };
}

/** Nothing more will happen by itself, nor is another migration planned that could. */
function atRest(story: Story, now: Instant, { asked, healedAt }: Plan): boolean {
  if (!story.places[0].alive && !story.places[1].alive) return true;
  if (story.migrations === 0 && story.places[0].alive) return false;
  const outcome = outcomeOf(story);
  if (outcome === 'stuck') return false;
  // Hosts that will be able to talk again will go on.
  const both = story.places[0].alive && story.places[1].alive;
  const undecided = both && (outcome === 'in doubt' || outcome === 'pull paused');
  if (undecided && healedAt !== undefined) return now > healedAt + RECOVERY;
  const moves = outcome === 'kept' || outcome === 'completed';
  return !moves || !asked.some(({ at, from }) => from === story.home && at >= now);
}

/** When both hosts and the link are whole again, for good; undefined: never. */
function healingOf({ faults }: Scenario): number | undefined {
  const heal = faults.findLast(({ input }) => input.kind === 'heal');
  if (heal === undefined || !('atMs' in heal.when)) return undefined;
  const { atMs } = heal.when;
  const broken = faults.some(
    ({ when, input }) =>
      'atMs' in when && when.atMs > atMs && (input.kind === 'crash' || input.kind === 'link'),
  );
  return broken ? undefined : atMs * 1e6;
}

function askedMoments(scenario: Scenario): Plan['asked'] {
  return scenario.faults.flatMap(({ when, input }) =>
    input.kind === 'migrate' && 'atMs' in when
      ? [{ at: when.atMs * 1e6, from: input.from ?? HOST_A }]
      : [],
  );
}

/** Gives each row of the trace to the checker, counts what struck where, and keeps the last ones. */
class Observer implements TraceVisitor {
  readonly checker = new Checker();
  readonly hits: Hit[] = [];
  hash = 0x811c9dc5;
  events = 0;
  private readonly ring: LabEvent[] = [];
  private reached: number | undefined;

  event(event: LabEvent): void {
    if (this.checker.breach !== undefined) return;
    this.mix(event.at, event.sequence, event.kind.length + event.party);
    this.count(event);
    this.ring.push(event);
    if (this.ring.length > 2 * LAST_EVENTS) this.ring.splice(0, LAST_EVENTS);
    this.checker.event(event);
  }

  page(chunk: TraceChunk, row: number): void {
    if (this.checker.breach !== undefined) return;
    const { pages, party } = chunk;
    const event: PageEvent = {
      at: pages.at[row] as Instant,
      party,
      sequence: pages.sequence[row],
      kind: PAGE_EVENTS[pages.kind[row]],
      gfn: pages.gfn[row],
      detail: pages.detail[row],
    };
    this.mix(event.at, event.gfn, event.detail);
    this.checker.page(event);
  }

  last(): readonly string[] {
    return this.ring.slice(-LAST_EVENTS).map(eventLine);
  }

  private count(event: LabEvent): void {
    if (event.kind === 'stage.entered') this.reached = event.stage;
    const kind =
      event.kind === 'lab.input'
        ? kindOfInput(JSON.parse(event.input) as LabInput, this.checker.story.source)
        : event.kind === 'fault.struck'
          ? kindOfStrike(event.fault)
          : undefined;
    if (kind !== undefined) this.hits.push({ kind, place: this.place() });
  }

  private place(): Place {
    const { story } = this.checker;
    if (story.migrations === 0) return 'before';
    return story.ended ? 'after' : (this.reached ?? 0);
  }

  private mix(a: number, b: number, c: number): void {
    this.events += 1;
    for (const value of [a % 0x1_0000_0000, a / 0x1_0000_0000, b, c])
      this.hash = Math.imul(this.hash ^ value, 0x01000193) >>> 0;
  }
}
