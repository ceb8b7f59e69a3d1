/** Marks in time as columns of a strip: so many that each can be seen, and no peak is lost in them. */
import type { AnswerMark, RateMark } from '../../../trace/client-log.ts';

export interface Column {
  readonly value: number;
  readonly lost: boolean;
  readonly late: boolean;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const place = (at: number, { from, to }: Stretch, columns: number): number =>
  Math.min(columns - 1, Math.max(0, Math.floor(((at - from) / Math.max(1, to - from)) * columns)));

/** The longest silence that ended in each column, in nanoseconds. */
export function intervalColumns(
  answers: readonly AnswerMark[],
  losses: readonly number[],
  stretch: Stretch,
  columns: number,
): Column[] {
  const found = Array.from({ length: columns }, () => ({ value: 0, lost: false, late: false }));
  const inside = (at: number) => at >= stretch.from && at < stretch.to;
  for (const { at, gapNs, late } of answers) {
    if (!inside(at)) continue;
    const column = found[place(at, stretch, columns)];
    column.value = Math.max(column.value, gapNs);
    column.late ||= late;
  }
  for (const at of losses) if (inside(at)) found[place(at, stretch, columns)].lost = true;
  return found;
}

/** Bits a second in each column; what came in a stretch is spread over it evenly. */
export function rateColumns(
  rates: readonly RateMark[],
  stretch: Stretch,
  columns: number,
): number[] {
  const bits = new Array<number>(columns).fill(0);
  const width = Math.max(1, stretch.to - stretch.from) / columns;
  for (const { from, at, bytes } of rates) {
    if (at <= stretch.from || from >= stretch.to) continue;
    for (let i = place(from, stretch, columns); i <= place(at, stretch, columns); i++) {
      const start = stretch.from + i * width;
      const overlap = Math.min(at, start + width) - Math.max(from, start);
      if (overlap > 0) bits[i] += (bytes * 8 * overlap) / (at - from);
    }
  }
  return bits.map((sum) => (sum / width) * 1e9);
}
