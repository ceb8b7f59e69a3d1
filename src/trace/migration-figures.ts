/** What a monitor shows of a migration. */

import type { AddOnFigures } from './event.ts';

/** Names and units as in the engine's statistics; QEMU's MigrationInfo and MigrationStats. */
export interface MigrationFigures {
  readonly status: string;
  /** Why it failed. */
  readonly reason: string;
  readonly totalTimeNs: number;
  readonly setupTimeNs: number;
  readonly downtimeNs: number;
  readonly expectedDowntimeNs: number;
  readonly transferredBytes: number;
  /** Of these, while the VM ran at the source, while it stood still, and since it runs at the destination. */
  readonly precopyBytes: number;
  readonly downtimeBytes: number;
  readonly postcopyBytes: number;
  /** By page channels of their own. */
  readonly multifdBytes: number;
  readonly remainingPages: number;
  readonly totalPages: number;
  readonly duplicatePages: number;
  readonly normalPages: number;
  readonly dirtySyncCount: number;
  readonly postcopyRequests: number;
  readonly postcopyBlocktimeNs: number;
  /** Since the last measurement. */
  readonly pagesPerSecond: number;
  readonly dirtyPagesPerSecond: number;
  /** CPU time that is withheld from the guest now, per cent. */
  readonly cpuThrottlePercent: number;
  /** Known when it is over. */
  readonly addOns: AddOnFigures | undefined;
}

/** Before anything has happened. */
export const NO_FIGURES: MigrationFigures = {
  status: 'none',
  reason: '',
  totalTimeNs: 0,
  setupTimeNs: 0,
  downtimeNs: 0,
  expectedDowntimeNs: 0,
  transferredBytes: 0,
  precopyBytes: 0,
  downtimeBytes: 0,
  postcopyBytes: 0,
  multifdBytes: 0,
  remainingPages: 0,
  totalPages: 0,
  duplicatePages: 0,
  normalPages: 0,
  dirtySyncCount: 0,
  postcopyRequests: 0,
  postcopyBlocktimeNs: 0,
  pagesPerSecond: 0,
  dirtyPagesPerSecond: 0,
  cpuThrottlePercent: 0,
  addOns: undefined,
};
