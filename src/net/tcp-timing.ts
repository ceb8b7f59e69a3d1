/**
 * The retransmission timer of RFC 6298, in whole nanoseconds: the smoothed round trip and its mean
 * deviation give the timeout, every expiry in a row doubles it. What was sent twice is not measured.
 */
import {
  between,
  type Duration,
  duration,
  type Instant,
  milliseconds,
  NEVER,
} from '../base/units.ts';

/** 1 s before the first measure (§2.1). */
const FIRST_TIMEOUT = milliseconds(1000);
/** RFC 6298 asks for 1 s; Linux and other systems take 200 ms, and so does this. */
const SHORTEST_TIMEOUT = milliseconds(200);
const LONGEST_TIMEOUT = milliseconds(60_000);

export interface TcpTiming {
  /** 0: nothing was measured yet. */
  readonly smoothed: Duration;
  readonly deviation: Duration;
  readonly timeout: Duration;
  /** Expiries in a row. */
  readonly retries: number;
  /** The end of the segment whose round trip is being measured. */
  readonly timed: { readonly end: number; readonly since: Instant } | undefined;
  readonly deadline: Instant;
}

export const FRESH_TIMING: TcpTiming = {
  smoothed: duration(0),
  deviation: duration(0),
  timeout: FIRST_TIMEOUT,
  retries: 0,
  timed: undefined,
  deadline: NEVER,
};

/** New bytes were acknowledged up to `acknowledged`. */
export function acknowledgedTiming(timing: TcpTiming, now: Instant, acknowledged: number) {
  const { timed } = timing;
  const rested = { ...timing, retries: 0, deadline: NEVER };
  if (timed === undefined || acknowledged < timed.end) return rested;
  return { ...rested, timed: undefined, ...measured(timing, between(timed.since, now)) };
}

function measured({ smoothed, deviation }: TcpTiming, trip: Duration) {
  const first = smoothed === 0;
  const error = Math.abs(smoothed - trip);
  const mean = first ? trip : Math.floor((7 * smoothed + trip) / 8);
  const spread = first ? Math.floor(trip / 2) : Math.floor((3 * deviation + error) / 4);
  const timeout = Math.min(Math.max(mean + 4 * spread, SHORTEST_TIMEOUT), LONGEST_TIMEOUT);
  return { smoothed: duration(mean), deviation: duration(spread), timeout: duration(timeout) };
}

/** The timeout with its back-off. */
export function backedOff({ timeout, retries }: TcpTiming): Duration {
  return duration(Math.min(timeout * 2 ** Math.min(retries, 16), LONGEST_TIMEOUT));
}
