/** The outcome of a run: the JSON that `vmferry migrate --json` prints and the page shows. Names as in QEMU's `info migrate`. */
import type { CompressionReport, XbzrleCacheReport } from '../trace/add-ons.ts';
import type { AddOnFigures, MigrationStatus } from '../trace/event.ts';
import type { VmPlace } from '../trace/whereabouts.ts';

export interface IterationReport {
  readonly index: number;
  /** Distinct pages dirtied while this round was sent. */
  readonly dirtyPages: number;
  readonly sentPages: number;
  readonly zeroPages: number;
  readonly bytes: number;
  readonly startMs: number;
  readonly durationMs: number;
}

export interface StageReport {
  readonly stage: number;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface VerificationReport {
  readonly memoryEqual: boolean;
  readonly cpuEqual: boolean;
  readonly devicesEqual: boolean;
  readonly pagesCompared: number;
  /** Registers and values in devices that are not the same on both sides, by name. */
  readonly differing: readonly string[];
}

export interface SlowdownReport {
  /** Of the time from the request to the end, less the downtime. */
  readonly percent: number;
  /** First writes that faulted into the dirty log. */
  readonly dirtyFaultsMs: number;
  /** CPU time withheld. */
  readonly throttledMs: number;
  /** Stores that had to wait. */
  readonly stalledMs: number;
  /** Waiting for pages that had not arrived. */
  readonly blockedMs: number;
}

/** The downtime's parts; together they are the whole. */
export interface DowntimeSplit {
  /** Pages sent while the VM stood still. */
  readonly lastRoundMs: number;
  /** Saving CPU and devices, and translating them. */
  readonly stateMs: number;
  /** Their way to the destination, behind what was queued before them. */
  readonly sendMs: number;
  /** Taking them over, READY and GO, and the first instruction. */
  readonly resumeMs: number;
}

/** Bytes of messages that carry pages; names as in QEMU's `query-migrate`. */
export interface RamReport {
  /** While the VM ran at the source, stood still, and ran at the destination. */
  readonly precopyBytes: number;
  readonly downtimeBytes: number;
  readonly postcopyBytes: number;
  /** Of all these, by page channels of their own. */
  readonly multifdBytes: number;
}

export interface ChoiceReport {
  readonly by: 'user' | 'random' | 'qos';
  readonly reason: string;
  /** What the engine expected of it; null: nobody asked. */
  readonly predicted: PredictedReport | null;
  /** Were the targets kept; null: there were none, or the VM did not move. */
  readonly held: boolean | null;
  /** Which were not. */
  readonly missed: readonly string[];
  /** What the engine expected of each algorithm that both hosts have; empty: nobody asked. */
  readonly candidates: readonly CandidateReport[];
}

export interface PredictedReport {
  readonly downtimeMs: number;
  readonly totalTimeMs: number;
  readonly slowdownPercent: number;
  readonly bytes: number;
}

export interface CandidateReport extends PredictedReport {
  readonly algorithm: string;
  /** False: it would go on without end. */
  readonly ends: boolean;
  readonly keepsTargets: boolean;
}

/** Where the VM is when the report is made, whatever became of the migration. */
export interface WhereaboutsReport {
  readonly place: VmPlace;
  /** A sentence without its subject: "runs at the destination". */
  readonly says: string;
}

/** One migration of the VM. */
export interface MoveReport {
  /** The source's last word; its host being gone, the destination's. */
  readonly status: MigrationStatus;
  readonly algorithm: string;
  readonly choice: ChoiceReport;
  readonly source: string;
  readonly destination: string;
  readonly startMs: number;
  readonly totalTimeMs: number;
  readonly setupMs: number;
  /** Last source instruction to first destination instruction. */
  readonly downtimeMs: number;
  /** What it was spent on; null: the VM did not move. */
  readonly downtimeSplit: DowntimeSplit | null;
  /** Wall time that this move lost to the guest: by so much more its clock is behind since it runs here; null: the VM did not move. */
  readonly guestClockBehindMs: number | null;
  /** The engine's own last estimate. */
  readonly expectedDowntimeMs: number;
  /** The goal, and whether it was kept; null: the VM did not move. */
  readonly downtimeLimitMs: number;
  readonly downtimeLimitKept: boolean | null;
  /** Gap between answered probes minus the normal gap; a silence up to the end counts. */
  readonly clientOutageMs: number;
  /** It lasted to the end: no answer had come by then. */
  readonly clientOutageOpen: boolean;
  readonly probesLost: number;
  readonly iterations: readonly IterationReport[];
  readonly transferredBytes: number;
  /** Sent whole: without the zero ones, and without those sent as differences or packed, as QEMU counts. */
  readonly normalPages: number;
  /** Of zeros. */
  readonly duplicatePages: number;
  readonly pagesResent: number;
  /** Time that the migration took from the guest while it ran, and its share of that time. */
  readonly guestSlowdown: SlowdownReport;
  /** What XBZRLE, compression and auto-converge did. */
  readonly addOns: AddOnFigures;
  /** The same of XBZRLE in QEMU's figures; null: it was off. */
  readonly xbzrleCache: XbzrleCacheReport | null;
  readonly compression: CompressionReport | null;
  readonly ram: RamReport;
  readonly postcopyRequests: number;
  readonly postcopyBlocktimeMs: number;
  readonly translation: {
    readonly format: string;
    readonly bytes: number;
    readonly costMs: number;
  };
  readonly stages: readonly StageReport[];
  /** The engine's last decision and its reason, in terms of pages dirtied, sent and left. */
  readonly decision: { readonly action: string; readonly reason: string };
  readonly error: string | null;
  readonly vm: WhereaboutsReport;
}

/** A run's last migration, and the ones before it: attempts that failed, moves there and back. */
export interface MigrationReport extends MoveReport {
  readonly seed: number;
  readonly earlier: readonly MoveReport[];
  readonly verification: VerificationReport;
  readonly traceHash: string;
}
