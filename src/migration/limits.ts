/** Every cap and time limit of the protocol in one place. PROTOCOL.md quotes them by name. */
import { type Duration, milliseconds, PAGE_SIZE, transmissionTime } from '../base/units.ts';

export const MAX_BODY_BYTES = 1 << 20;
export const MAX_NAME_BYTES = 64;
export const MAX_REASON_BYTES = 1024;
export const MAX_LIST_ITEMS = 32;
/** Full pages in one message. */
export const MAX_FULL_PAGES = 16;
/** Pages, zero pages included, in one message. */
export const MAX_PAGES = 1024;
/** Runs of one DISCARD message. */
export const MAX_DISCARD_RUNS = 4096;
/** 1 GiB of guest memory. */
export const MAX_VM_PAGES = 262_144;

/** One message of pages keeps the wire about this long, so that an urgent one never waits much longer. */
const BATCH_TIME = milliseconds(2);
/** Messages of pages in the port at a time: one on the wire and one behind it, so that it never idles. */
const BATCHES_AHEAD = 2;

/** Full pages that one message may carry at this rate. */
export function batchPages(bitsPerSecond: number): number {
  const pages = Math.floor((bitsPerSecond * (BATCH_TIME / 1e3)) / (PAGE_SIZE * 8 * 1e6));
  return Math.min(MAX_FULL_PAGES, Math.max(1, pages));
}

/** The daemon hands pages to the port while less than this is queued there. */
export function highWaterBytes(bitsPerSecond: number): number {
  return BATCHES_AHEAD * batchPages(bitsPerSecond) * PAGE_SIZE;
}

/** The host calls `Daemon.drained` when the port's backlog falls to this or below. */
export function lowWaterBytes(bitsPerSecond: number): number {
  return batchPages(bitsPerSecond) * PAGE_SIZE;
}

export const HEARTBEAT_INTERVAL = milliseconds(50);
/** Silence after which a link with no delay counts as lost. */
const SILENCE = milliseconds(500);
/** The longest message that may lie between two heartbeats on a slow wire. */
const LONGEST_GAP_BYTES = 16_384;
/** A source in doubt asks this often. */
export const DOUBT_INTERVAL = milliseconds(500);
/** A question that is not answered within this fails the migration, or leaves it in doubt. */
export const ANSWER_LIMIT = milliseconds(30_000);

/**
 * How long the peer may be silent. It grows with the measured round trip and with what one message
 * takes on the wire, so that neither a satellite nor a modem is taken for a cut cable.
 */
export function silenceLimit(
  roundTrip: Duration | undefined,
  bitsPerSecond: number,
  patience: number,
): Duration {
  if (roundTrip === undefined) return ANSWER_LIMIT;
  const gap = transmissionTime(LONGEST_GAP_BYTES, bitsPerSecond);
  return ((SILENCE + gap) * patience + 3 * roundTrip) as Duration;
}

/**
 * The destination is more patient: before GO it only holds a reservation, and a source that waits in
 * a long queue is not gone.
 */
export const SOURCE_PATIENCE = 1;
export const DESTINATION_PATIENCE = 4;
