/**
 * How the page, the command line and tests drive a lab, wherever it runs. Everything that crosses
 * is plain data; failures are values.
 */
import type { Result } from '../base/result.ts';
import type { Instant } from '../base/units.ts';
import type { TraceChunk } from '../trace/recorder.ts';
import type { Insight, Question, StopBefore } from './party.ts';
import type { MigrationReport } from './report.ts';
import type { LabInput, Scenario } from './scenario.ts';
import type { Carried, WireQuestion } from './wire-tap.ts';

export interface LabUpdate {
  /** The lab stands exactly here; every event before this moment has been delivered, none after. */
  readonly now: Instant;
  /** What happened since the last update, merged order is by (at, party, sequence). */
  readonly chunks: readonly TraceChunk[];
  /** Inputs so far, for links and replay. */
  readonly inputs: readonly { readonly at: Instant; readonly input: LabInput }[];
  /** The migration is over (any outcome) and the scenario's closing time has passed. */
  readonly finished: boolean;
  /** Time stands before an instruction that was to be stopped before. */
  readonly met?: boolean;
  /** Present once the migration has ended. */
  readonly report?: MigrationReport;
}

/** Where `step` stops. */
export type StepKind = 'event' | 'round';

export interface LabSession {
  open(scenario: Scenario): Promise<Result<LabUpdate, string>>;
  /**
   * Runs to exactly `until`, or to the first moment at which a guest is about to execute what is to be
   * stopped before: everything stands at that moment. A look: the run is the same with and without.
   */
  advance(until: Instant, stop?: StopBefore): Promise<Result<LabUpdate, string>>;
  /** Runs to just after the next notable event, or the next round's start. */
  step(kind: StepKind): Promise<Result<LabUpdate, string>>;
  /** Applies an input at the present moment. */
  input(input: LabInput): Promise<Result<LabUpdate, string>>;
  /**
   * Puts the lab back to exactly `at`, by re-running from the nearest state that was kept. The update
   * carries no chunks: the caller has that part of the trace. Inputs made after `at` come again by
   * themselves, unless a new input forks the run.
   */
  rewind(at: Instant): Promise<Result<LabUpdate, string>>;
  /** Looks into both hosts where the lab stands; changes nothing. */
  inspect(
    question: Question,
  ): Promise<Result<readonly [Insight | undefined, Insight | undefined], string>>;
  /** What crossed the cables so far, as far as it is kept; changes nothing. */
  carried(question: WireQuestion): Promise<Result<readonly Carried[], string>>;
  /** Runs to the end of the scenario without stopping. */
  finish(): Promise<Result<LabUpdate, string>>;
  /** Sees whether both hosts are still there; an update when one was found dead, and crashed with it. */
  pulse(): Promise<Result<LabUpdate | undefined, string>>;
  close(): Promise<void>;
}
