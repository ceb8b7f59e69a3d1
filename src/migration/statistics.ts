/**
 * What a migration reports about itself, in QEMU's names (qapi/migration.json, MigrationStats and
 * MigrationInfo), kept as plain data. Times are virtual nanoseconds.
 */
import {
  type Duration,
  duration,
  type Instant,
  PAGE_SIZE,
  transmissionTime,
} from '../base/units.ts';
import type { AddOnFigures, MigrationStatus } from '../trace/event.ts';
import type { RoundFacts } from './algorithms/algorithm.ts';
import { HEADER_BYTES } from './codec.ts';

export interface IterationStatistics extends RoundFacts {
  readonly startedAt: Instant;
  /** Pages that were to be sent when the round began. */
  readonly pendingPages: number;
  /** The VM stood still during this round. */
  readonly paused: boolean;
}

/** QEMU's XBZRLECacheStats, in pages and bytes. */
export interface XbzrleStatistics {
  readonly cachePages: number;
  /** Pages sent as differences, and their bytes with three of head each, as QEMU counts. */
  readonly pages: number;
  readonly bytes: number;
  /** Sent again without a content to compare with. */
  readonly cacheMiss: number;
  /** Nothing would have been saved. */
  readonly overflow: number;
  /** Written with what was there already: not sent. */
  readonly unchanged: number;
}

export interface MigrationStatistics {
  readonly status: MigrationStatus;
  /** Why it ended as it did; empty while it has not, or when all went well. */
  readonly reason: string;
  readonly algorithm: string;
  /** From the request to the end. */
  readonly totalTimeNs: number;
  /** From the request to the first page. */
  readonly setupTimeNs: number;
  /** The source's view, as QEMU's: from the pause until STARTED came, or until the VM ran on. */
  readonly downtimeNs: number;
  readonly expectedDowntimeNs: number;
  /** Everything the source sent, headers included. */
  readonly transferredBytes: number;
  readonly remainingPages: number;
  readonly totalPages: number;
  /** Pages sent whole. */
  readonly normalPages: number;
  /** Zero pages: QEMU's name is older than its reason. */
  readonly duplicatePages: number;
  /** Pages sent that had been sent before. */
  readonly pagesResent: number;
  readonly xbzrle: XbzrleStatistics;
  /** Pages sent packed, and what that took on the wire. */
  readonly compression: { readonly pages: number; readonly bytes: number };
  /** CPU time withheld from the guest, per cent: the last and the most. */
  readonly cpuThrottlePercent: number;
  readonly cpuThrottleMost: number;
  /** How often the dirty log was read. */
  readonly dirtySyncCount: number;
  /** Writes to pages that had crossed and were held. */
  readonly heldWrites: number;
  readonly iterations: readonly IterationStatistics[];
  /** Pages the destination had to ask for. */
  readonly postcopyRequests: number;
  /** Time the guest's CPU waited for pages, as the destination reports it at the end. */
  readonly postcopyBlocktimeNs: number;
  readonly roundTripNs: number;
  readonly translation: {
    readonly format: string;
    readonly bytes: number;
    readonly costNs: number;
  };
}

/** The same, while it grows. */
export interface Counters {
  algorithm: string;
  startedAt: Instant;
  firstPageAt: Instant | undefined;
  pausedAt: Instant | undefined;
  ranAgainAt: Instant | undefined;
  endedAt: Instant | undefined;
  reason: string;
  totalPages: number;
  normalPages: number;
  duplicatePages: number;
  pagesResent: number;
  xbzrle: { -readonly [Name in keyof XbzrleStatistics]: XbzrleStatistics[Name] };
  compression: { pages: number; bytes: number };
  cpuThrottlePercent: number;
  cpuThrottleMost: number;
  dirtySyncCount: number;
  heldWrites: number;
  expectedDowntime: Duration;
  iterations: IterationStatistics[];
  postcopyRequests: number;
  postcopyBlocktime: Duration;
  translation: { format: string; bytes: number; costNs: number };
}

export function newCounters(startedAt: Instant, algorithm: string): Counters {
  return {
    algorithm,
    startedAt,
    firstPageAt: undefined,
    pausedAt: undefined,
    ranAgainAt: undefined,
    endedAt: undefined,
    reason: '',
    totalPages: 0,
    normalPages: 0,
    duplicatePages: 0,
    pagesResent: 0,
    xbzrle: { cachePages: 0, pages: 0, bytes: 0, cacheMiss: 0, overflow: 0, unchanged: 0 },
    compression: { pages: 0, bytes: 0 },
    cpuThrottlePercent: 0,
    cpuThrottleMost: 0,
    dirtySyncCount: 0,
    heldWrites: 0,
    expectedDowntime: duration(0),
    iterations: [],
    postcopyRequests: 0,
    postcopyBlocktime: duration(0),
    translation: { format: '', bytes: 0, costNs: 0 },
  };
}

export function addOnFigures({ xbzrle, compression, cpuThrottleMost }: Counters): AddOnFigures {
  return {
    xbzrleCachePages: xbzrle.cachePages,
    xbzrlePages: xbzrle.pages,
    xbzrleBytes: xbzrle.bytes,
    xbzrleCacheMiss: xbzrle.cacheMiss,
    xbzrleOverflow: xbzrle.overflow,
    xbzrleUnchanged: xbzrle.unchanged,
    compressedPages: compression.pages,
    compressedBytes: compression.bytes,
    cpuThrottlePercent: cpuThrottleMost,
  };
}

export interface LiveFigures {
  readonly now: Instant;
  readonly status: MigrationStatus;
  readonly transferredBytes: number;
  readonly remainingPages: number;
  readonly roundTrip: Duration | undefined;
}

export function report(counters: Counters, live: LiveFigures): MigrationStatistics {
  const end = counters.endedAt ?? live.now;
  const span = (from: Instant | undefined, to: Instant): number =>
    from === undefined ? 0 : to - from;
  return {
    status: live.status,
    reason: counters.reason,
    algorithm: counters.algorithm,
    totalTimeNs: span(counters.startedAt, end),
    setupTimeNs: span(counters.startedAt, counters.firstPageAt ?? end),
    downtimeNs: span(counters.pausedAt, counters.ranAgainAt ?? end),
    expectedDowntimeNs: counters.expectedDowntime,
    transferredBytes: live.transferredBytes,
    remainingPages: live.remainingPages,
    totalPages: counters.totalPages,
    normalPages: counters.normalPages,
    duplicatePages: counters.duplicatePages,
    pagesResent: counters.pagesResent,
    xbzrle: { ...counters.xbzrle },
    compression: { ...counters.compression },
    cpuThrottlePercent: counters.cpuThrottlePercent,
    cpuThrottleMost: counters.cpuThrottleMost,
    dirtySyncCount: counters.dirtySyncCount,
    heldWrites: counters.heldWrites,
    iterations: counters.iterations.map((iteration) => ({ ...iteration })),
    postcopyRequests: counters.postcopyRequests,
    postcopyBlocktimeNs: counters.postcopyBlocktime,
    roundTripNs: live.roundTrip ?? 0,
    translation: { ...counters.translation },
  };
}

/**
 * How long a pause would last if it began now: the pending pages at the measured rate (QEMU:
 * remaining / bandwidth), and three crossings of the link, for STATE, READY and GO.
 */
export function expectDowntime(
  pendingPages: number,
  last: RoundFacts | undefined,
  bitsPerSecond: number,
  roundTrip: Duration | undefined,
): Duration {
  const crossings = Math.ceil((3 * (roundTrip ?? 0)) / 2);
  const measured = last !== undefined && last.sentPages > 0 && last.duration > 0;
  const pages = measured
    ? Math.ceil((pendingPages * last.duration) / last.sentPages)
    : transmissionTime(pendingPages * (PAGE_SIZE + HEADER_BYTES), bitsPerSecond);
  return duration(pages + crossings);
}

/** Bytes a second at which the last round crossed; before the first, what the port allows. */
export function measuredRate(last: RoundFacts | undefined, bitsPerSecond: number): number {
  if (last === undefined || last.duration === 0 || last.bytes === 0)
    return Math.floor(bitsPerSecond / 8);
  return Math.floor((last.bytes * 1e9) / last.duration);
}
