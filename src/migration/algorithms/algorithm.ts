/**
 * What a migration algorithm is: a pure decision over a read-only view of the migration, with a
 * reason in plain words. The engine asks, acts, and puts decision and reason on the trace; an
 * algorithm keeps no state of its own and touches nothing.
 */
import type { Duration } from '../../base/units.ts';
import type { MigrationSettings } from '../settings.ts';
import type { AlgorithmId } from './ids.ts';

/**
 * When the engine asks:
 * - `start`: the destination has reserved memory; nothing has been sent.
 * - `sampled`: what `sample` asked for is known; nothing has been sent.
 * - `round-ended`: a round has been sent while the VM ran, and the dirty log has been read.
 * - `tick`: every 50 ms in a round or in the pull, if the algorithm `watches`; `wait` goes on as before.
 * - `write-held`: the guest wants to write to a page that a round with `hold` has sent.
 * - `handed-over`: the destination runs the VM and pages are still here.
 */
export type Moment = 'start' | 'sampled' | 'round-ended' | 'tick' | 'write-held' | 'handed-over';

/** A round that was sent while the VM ran. */
export interface RoundFacts {
  readonly round: number;
  readonly sentPages: number;
  readonly zeroPages: number;
  /** Left out because they had been written again already. */
  readonly skippedPages: number;
  readonly bytes: number;
  readonly duration: Duration;
  /** Distinct pages first written while this round was sent. */
  readonly dirtiedPages: number;
}

export interface AlgorithmContext {
  readonly moment: Moment;
  readonly settings: MigrationSettings;
  /** Of the VM's memory. */
  readonly totalPages: number;
  /** Pages whose newest content the destination lacks. */
  readonly pendingPages: number;
  /** Pages written while `sample` watched. */
  readonly workingSetPages: number;
  /** Rounds so far, oldest first. */
  readonly rounds: readonly RoundFacts[];
  /** Since the request. */
  readonly elapsed: Duration;
  /** Since the destination last asked for a page, or since it runs. */
  readonly sinceRequest: Duration;
  /** Of the last round; before it, of the port. */
  readonly bytesPerSecond: number;
  /** How long the VM would stand still if it were paused now. */
  readonly expectedDowntime: Duration;
}

export interface RoundDecision {
  /** Send every pending page once: while the VM runs here, or, handed over, as active push. */
  readonly action: 'send-round';
  readonly reason: string;
  /** Not faster than this. */
  readonly bitsPerSecond?: number;
  /** Leave out pages that the log shows as written again (Xen's PEEK). */
  readonly skipDirty?: boolean;
  /** In pseudo-random order, and not by address. */
  readonly scatter?: boolean;
  /** Pages that are sent may not be written any more; those of the sample are left out. */
  readonly hold?: boolean;
  /** First writes that the guest may do in this round before each further one is stalled so long (Clark's stun). */
  readonly stun?: { readonly writes: number; readonly stall: Duration };
  /** Handed over: spread from the last pages asked for, so many at a time, and not in address order. */
  readonly pivots?: number;
}

export type Decision =
  | RoundDecision
  /** Watch which pages the guest writes, and send nothing. */
  | { readonly action: 'sample'; readonly time: Duration; readonly reason: string }
  /** Pause, send what is pending, hand over. */
  | { readonly action: 'switch-over'; readonly reason: string }
  /** Pause, hand over the CPU at once; pending pages follow. */
  | { readonly action: 'run-destination'; readonly reason: string }
  /** Nothing by itself: go on as before; handed over, only what the destination asks for. */
  | { readonly action: 'wait'; readonly reason: string }
  /** Give up; the VM runs on here. */
  | { readonly action: 'abort'; readonly reason: string };

export interface Algorithm {
  readonly id: AlgorithmId;
  readonly title: string;
  /** One paragraph for the picker. */
  readonly explanation: string;
  /** Wants to be asked every 50 ms too. */
  readonly watches?: boolean;
  /** Rounds may go on without end, as in the system that it comes from. */
  readonly endless?: boolean;
  decide(context: AlgorithmContext): Decision;
}

const PAGE_BYTES = 4096;

export const pagesInWords = (count: number): string => `${count} page${count === 1 ? '' : 's'}`;

/** What convergence is about: distinct pages dirtied while a round was sent, against what it sent. */
export function roundInWords({ round, sentPages, dirtiedPages }: RoundFacts): string {
  return `${pagesInWords(dirtiedPages)} dirtied while round ${round} sent ${sentPages}`;
}

/** Added to a reason when the last round got no nearer to the end. */
export function hopelessness({ dirtiedPages, sentPages }: RoundFacts): string {
  return dirtiedPages >= sentPages ? '; the rounds are not shrinking' : '';
}

export const pagesToBytes = (pages: number): number => pages * PAGE_BYTES;

export const inMilliseconds = (span: Duration): string => `${Math.round(span / 1e6)} ms`;

export function firstRound(context: AlgorithmContext): string {
  return `round 1 sends all ${pagesInWords(context.pendingPages)} while the VM runs`;
}

/** Pages that cross in `limit` at the rate measured (QEMU: threshold_size = bandwidth × downtime_limit). */
export function pagesWithin(bytesPerSecond: number, limit: Duration): number {
  // Milliseconds, so that the product stays a whole number below 2^53.
  return Math.floor((bytesPerSecond * Math.floor(limit / 1e6)) / 1000 / PAGE_BYTES);
}
