/**
 * What a migration algorithm is: a pure decision over a read-only view of the migration, with a
 * reason in plain words. The engine asks, acts, and puts decision and reason on the trace; an
 * algorithm keeps no state of its own and touches nothing.
 */
import type { Duration } from '../../base/units.ts';
import type { MigrationSettings } from '../daemon.ts';
import type { AlgorithmId } from './ids.ts';

/**
 * When the engine asks:
 * - `start`: the destination has reserved memory; nothing has been sent.
 * - `round-ended`: a round has been sent while the VM ran, and the dirty log has been read.
 * - `handed-over`: the destination runs the VM and pages are still here.
 */
export type Moment = 'start' | 'round-ended' | 'handed-over';

/** A round that was sent while the VM ran. */
export interface RoundFacts {
  readonly round: number;
  readonly sentPages: number;
  readonly zeroPages: number;
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
  /** Rounds so far, oldest first. */
  readonly rounds: readonly RoundFacts[];
  /** How long the VM would stand still if it were paused now. */
  readonly expectedDowntime: Duration;
}

export type Decision =
  /** Send every pending page once: while the VM runs here, or, handed over, as active push. */
  | { readonly action: 'send-round'; readonly reason: string }
  /** Pause, send what is pending, hand over. */
  | { readonly action: 'switch-over'; readonly reason: string }
  /** Pause, hand over the CPU at once; pending pages follow. */
  | { readonly action: 'run-destination'; readonly reason: string }
  /** Nothing by itself: only what the destination asks for. */
  | { readonly action: 'wait'; readonly reason: string }
  /** Give up; the VM runs on here. */
  | { readonly action: 'abort'; readonly reason: string };

export interface Algorithm {
  readonly id: AlgorithmId;
  readonly title: string;
  /** One paragraph for the picker. */
  readonly explanation: string;
  decide(context: AlgorithmContext): Decision;
}

export const pagesInWords = (count: number): string => `${count} page${count === 1 ? '' : 's'}`;
