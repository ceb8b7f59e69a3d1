/**
 * Units as types. A brand keeps an instant from being added to an instant or a guest frame from
 * indexing machine memory; the functions here are the only places that make one from a number.
 */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A moment of virtual time: whole nanoseconds since the lab started. */
export type Instant = Brand<number, 'Instant'>;
/** A span of virtual time: whole nanoseconds, never negative. */
export type Duration = Brand<number, 'Duration'>;
/** Guest frame number: guest-physical address / 4096 (Xen's PFN of an HVM guest, KVM's gfn). */
export type Gfn = Brand<number, 'Gfn'>;
/** Machine frame number: index of a frame in a host's machine memory. */
export type Mfn = Brand<number, 'Mfn'>;

export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

export const START = 0 as Instant;
/** Later than every event: "nothing is planned". */
export const NEVER = Number.MAX_SAFE_INTEGER as Instant;

export const instant = (nanoseconds: number): Instant => nanoseconds as Instant;
export const duration = (nanoseconds: number): Duration => nanoseconds as Duration;
export const microseconds = (count: number): Duration => Math.round(count * 1e3) as Duration;
export const milliseconds = (count: number): Duration => Math.round(count * 1e6) as Duration;
export const toMilliseconds = (time: Instant | Duration): number => time / 1e6;

export const after = (moment: Instant, span: Duration): Instant => (moment + span) as Instant;
export const between = (start: Instant, end: Instant): Duration => (end - start) as Duration;
export const earliest = (a: Instant, b: Instant): Instant => (a < b ? a : b);
export const latest = (a: Instant, b: Instant): Instant => (a > b ? a : b);

export const gfn = (frame: number): Gfn => frame as Gfn;
export const mfn = (frame: number): Mfn => frame as Mfn;

/**
 * Time to put `bytes` on a wire of `bitsPerSecond`, rounded up to a whole nanosecond.
 * Both fit in 2^53 for every size the schema allows (bytes ≤ 2^31, so bits·10^9 may not): the
 * division is done on integers in two steps so that every engine rounds alike.
 */
export function transmissionTime(bytes: number, bitsPerSecond: number): Duration {
  const bits = bytes * 8;
  const whole = Math.floor(bits / bitsPerSecond);
  const rest = bits - whole * bitsPerSecond;
  return (whole * 1e9 + Math.ceil((rest * 1e9) / bitsPerSecond)) as Duration;
}
