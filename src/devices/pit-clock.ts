/**
 * Clock of the PIT, 1,193,182 Hz, against nanoseconds, exactly: spans are split into whole seconds
 * and a rest, so that every product stays below 2^53 and nothing drifts.
 */
export const PIT_HZ = 1_193_182;
const SECOND = 1_000_000_000;

/** Whole ticks in a span of nanoseconds. */
export function ticksIn(nanoseconds: number): number {
  const seconds = Math.floor(nanoseconds / SECOND);
  const rest = nanoseconds - seconds * SECOND;
  return seconds * PIT_HZ + Math.floor((rest * PIT_HZ) / SECOND);
}

/** The shortest span with `ticks` ticks in it. */
export function spanOf(ticks: number): number {
  const seconds = Math.floor(ticks / PIT_HZ);
  const rest = ticks - seconds * PIT_HZ;
  return seconds * SECOND + Math.ceil((rest * SECOND) / PIT_HZ);
}
