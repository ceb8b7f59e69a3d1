/**
 * The books of a lab: lock-step, trace, inputs and report, without any party. Whoever owns the
 * parties asks it which may run, hands their reports back, and settles; so the same code serves a
 * lab in one thread and one whose hosts are in workers.
 */
import { assert } from '../base/assert.ts';
import {
  after,
  earliest,
  type Instant,
  instant,
  latest,
  milliseconds,
  NEVER,
  START,
} from '../base/units.ts';
import { type Envelope, type Grant, Lockstep, type LockstepState } from '../sim/lockstep.ts';
import { ChunkCutter } from '../trace/chunk-cutter.ts';
import { TraceHash, type TraceHashState } from '../trace/hash.ts';
import { TraceMerger } from '../trace/merge.ts';
import { notable } from '../trace/notable.ts';
import type { TraceChunk } from '../trace/recorder.ts';

import { OUTSIDE, type PartyReport, type Payload, type Testimony } from './party.ts';
import type { MigrationReport } from './report.ts';
import { ReportBuilder, type ReportState } from './report-builder.ts';
import type { LabInput, Scenario } from './scenario.ts';
import type { LabUpdate } from './session.ts';
import { verify } from './verifier.ts';
import { inputParties, type LabWiring } from './wiring.ts';

export interface LabCoreState {
  readonly now: Instant;
  readonly lockstep: LockstepState<Payload>;
  readonly books: BooksState;
  /** The books as they go on after the closing time: should another migration follow, they count. */
  readonly afterwards: BooksState | undefined;
  readonly pending: readonly TraceChunk[];
  /** Applied so far, and still to come. */
  readonly inputs: LabUpdate['inputs'];
  readonly script: LabUpdate['inputs'];
  readonly inputSequence: number;
}

interface BooksState {
  readonly hash: TraceHashState;
  readonly report: ReportState;
}

/** What a run is known by: the hash of its trace, and its report. */
class Books {
  readonly hash: TraceHash;
  readonly builder: ReportBuilder;
  private readonly scenario: Scenario;

  constructor(scenario: Scenario, state?: BooksState) {
    this.scenario = scenario;
    this.hash = new TraceHash(state?.hash);
    this.builder = new ReportBuilder(scenario, state?.report);
  }

  copy(): Books {
    return new Books(this.scenario, this.save());
  }

  save(): BooksState {
    return { hash: this.hash.save(), report: this.builder.save() };
  }
}

/** What happened between two settlings that a step in time may stop at. */
export interface Settled {
  readonly notable: boolean;
  readonly roundStarted: boolean;
  readonly migrationEnded: boolean;
}

export class LabCore {
  readonly scenario: Scenario;
  private readonly wiring: LabWiring;
  private lockstep: Lockstep<Payload>;
  private merger = new TraceMerger();
  private books: Books;
  private afterwards: Books | undefined;
  private inputs: { readonly at: Instant; readonly input: LabInput }[] = [];
  /** Inputs of a recorded run that are still to come. */
  private script: { readonly at: Instant; readonly input: LabInput }[] = [];
  private inputSequence = 0;
  /** When the scenario, or a recorded run, asks for its last migration. */
  private planned: Instant;
  private chunks: TraceChunk[] = [];
  private settledUntil: Instant = START;

  constructor(scenario: Scenario, wiring: LabWiring, state?: LabCoreState) {
    this.scenario = scenario;
    this.wiring = wiring;
    this.lockstep = new Lockstep(wiring.latency, state?.lockstep);
    this.books = new Books(scenario, state?.books);
    this.afterwards = state?.afterwards && new Books(scenario, state.afterwards);
    if (state !== undefined) {
      for (const chunk of state.pending) this.merger.add(chunk);
      this.inputs = [...state.inputs];
      this.script = [...state.script];
      this.inputSequence = state.inputSequence;
      this.settledUntil = state.now;
    } else {
      for (const { at, input } of wiring.inputs) this.send(at, input);
      this.script = scenario.inputs.map(({ atNs, input }) => ({ at: instant(atNs), input }));
      this.script.sort((a, b) => a.at - b.at);
    }
    this.planned = this.lastPlanned();
  }

  private lastPlanned(): Instant {
    const asked = [...this.wiring.inputs, ...this.script].filter(
      ({ input }) => input.kind === 'migrate',
    );
    return asked.reduce((last, { at }) => latest(last, at), START);
  }

  /** Every event before this moment is in the trace, none after. */
  get now(): Instant {
    return this.settledUntil;
  }

  grants(until: Instant): { readonly party: number; readonly grant: Grant<Payload> }[] {
    for (;;) {
      const next = this.script[0];
      if (next === undefined || next.at >= until) return this.lockstep.grants(until);
      const grants = this.lockstep.grants(next.at);
      if (grants.length > 0 || !this.lockstep.reached(next.at)) return grants;
      this.script.shift();
      this.post(next.at, next.input);
    }
  }

  accept(party: number, report: PartyReport): void {
    this.lockstep.report(party, report);
    this.chunks.push(report.trace);
  }

  reached(until: Instant): boolean {
    return this.lockstep.reached(until) && !this.script.some(({ at }) => at < until);
  }

  /** Just past the earliest pending event: where a step in time goes next. */
  nextStop(): Instant {
    const event = this.lockstep.earliestEvent();
    return event >= NEVER
      ? instant(this.settledUntil + 1_000_000)
      : instant(Math.max(event, this.settledUntil) + 1);
  }

  /** All parties stand at `until`: fixes the trace up to there and gives it out. */
  settle(until: Instant): { readonly chunks: TraceChunk[]; readonly settled: Settled } {
    assert(this.reached(until), 'a lab settles when every party has arrived');
    for (const chunk of this.chunks) this.merger.add(chunk);
    this.chunks = [];
    const cutter = new ChunkCutter();
    const before = this.migrationEnded;
    const settled = { notable: false, roundStarted: false, migrationEnded: false };
    this.merger.visit(until, {
      page: (chunk, row) => {
        const { hash, builder } = this.booksAt(chunk.pages.at[row] as Instant);
        hash.page(chunk, row);
        builder.page(chunk, row);
        cutter.page(chunk, row);
      },
      event: (event) => {
        const books = this.booksAt(event.at);
        books.hash.event(event);
        books.builder.event(event);
        this.reopenIfAsked();
        cutter.event(event);
        if (notable(event)) settled.notable = true;
        if (event.kind === 'round.started') settled.roundStarted = true;
      },
    });
    settled.migrationEnded = this.migrationEnded && !before;
    this.settledUntil = until;
    return { chunks: cutter.chunks(), settled };
  }

  private booksAt(at: Instant): Books {
    if (at < this.closingTime) return this.books;
    this.afterwards ??= this.books.copy();
    return this.afterwards;
  }

  /** Somebody asks for another migration when the run had been closed: it goes on. */
  private reopenIfAsked(): void {
    const { afterwards, books } = this;
    if (afterwards === undefined || afterwards.builder.askedAt === books.builder.askedAt) return;
    this.books = afterwards;
    this.afterwards = undefined;
  }

  /**
   * Applies an input from outside at the present moment. In a past that was gone back to, this forks:
   * the recorded future is discarded.
   */
  input(input: LabInput): void {
    this.script = [];
    this.planned = this.lastPlanned();
    this.post(this.settledUntil, input);
  }

  /** A host's worker died while it was advancing: the crash happens where the host last reported. */
  recordCrash(party: number, cause: string): Envelope<Payload> {
    const input: LabInput = { kind: 'crash', host: party === 0 ? 0 : 1, cause };
    const at = this.lockstep.doneAt(party);
    this.inputs.push({ at, input });
    return {
      from: OUTSIDE,
      to: party,
      at,
      sequence: this.inputSequence++,
      payload: { kind: 'input', input: JSON.stringify(input) },
    };
  }

  get allInputs(): LabUpdate['inputs'] {
    return [...this.inputs, ...this.script];
  }

  /** Inputs that a return to an earlier state has before it again. */
  replayAfter(past: LabCoreState): LabCoreState {
    return { ...past, script: this.allInputs.slice(past.inputs.length) };
  }

  get migrationEnded(): boolean {
    return this.books.builder.endedAt !== undefined;
  }

  /**
   * The scenario's last moment: some time after the end of the last migration that is asked for, or
   * its limit. What the page shows after it is as real, but belongs to no report and no hash, unless
   * another migration is asked for.
   */
  get closingTime(): Instant {
    const { runOnMs, limitMs } = this.scenario.migration;
    const limit = milliseconds(limitMs) as number as Instant;
    const { endedAt, askedAt = START } = this.books.builder;
    if (endedAt === undefined) return limit;
    const last = latest(latest(endedAt, askedAt), this.planned);
    return earliest(limit, after(last, milliseconds(runOnMs)));
  }

  get finished(): boolean {
    return this.settledUntil >= this.closingTime;
  }

  report(source: Testimony | undefined, destination: Testimony | undefined): MigrationReport {
    const { hosts } = this.wiring;
    const { builder, hash } = this.books;
    // What the witnesses saw belongs to the last pause, and says nothing of a VM that has not arrived since.
    return builder.report(
      earliest(this.settledUntil, this.closingTime),
      this.scenario.seed,
      [hosts[0].vmmKind, hosts[1].vmmKind],
      builder.arrived ? verify(source, destination) : verify(undefined, undefined),
      hash.value(),
    );
  }

  save(): LabCoreState {
    return {
      now: this.settledUntil,
      lockstep: this.lockstep.save(),
      books: this.books.save(),
      afterwards: this.afterwards?.save(),
      pending: this.merger.pending(),
      inputs: [...this.inputs],
      script: [...this.script],
      inputSequence: this.inputSequence,
    };
  }

  private post(at: Instant, input: LabInput): void {
    this.inputs.push({ at, input });
    this.send(at, input);
  }

  private send(at: Instant, input: LabInput): void {
    const text = JSON.stringify(input);
    for (const to of inputParties(input)) {
      const envelope: Envelope<Payload> = {
        from: OUTSIDE,
        to,
        at,
        sequence: this.inputSequence++,
        payload: { kind: 'input', input: text },
      };
      this.lockstep.post(envelope);
    }
  }
}
