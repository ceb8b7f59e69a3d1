/** Numbers with their units, always in the same form: digits must not dance. */

/** Not by Intl.NumberFormat: loading its tables held up the first paint by a sixth (measured). */
const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

export const count = (value: number): string => grouped(String(Math.round(value)));

export const plural = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Three digits that matter: 850 µs, 6.21 ms, 12.3 ms, 345 ms, 2.61 s. */
export function time(ns: number): string {
  if (ns < 1e6) return `${Math.round(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${digits(ns / 1e6)} ms`;
  return `${digits(ns / 1e9)} s`;
}

/** A time in words, for those who hear it. */
export function spokenTime(ns: number): string {
  return time(ns)
    .replace(' µs', ' microseconds')
    .replace(' ms', ' milliseconds')
    .replace(/ s$/, ' seconds');
}

/** The clock of the transport: milliseconds to the last. */
export function clock(ns: number): string {
  return `${(Math.max(0, ns) / 1e9).toFixed(ns < 100e9 ? 4 : 3)} s`;
}

export function bytes(value: number): string {
  if (value < 1e3) return `${value} B`;
  if (value < 999.5e3) return `${digits(value / 1e3)} kB`;
  if (value < 999.5e6) return `${digits(value / 1e6)} MB`;
  return `${digits(value / 1e9)} GB`;
}

export function rate(mbps: number): string {
  return mbps < 1000 ? `${plain(mbps)} Mbit/s` : `${plain(mbps / 1000)} Gbit/s`;
}

export const plain = (value: number): string => grouped(String(Number(value.toFixed(2))));

function digits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  if (value < 99.95) return value.toFixed(1);
  return count(value);
}
