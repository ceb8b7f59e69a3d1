/** Where things lie in the rounds' charts: one column for each round. */
export interface Columns {
  /** Left edge and width of a round's column. */
  x(i: number): number;
  readonly width: number;
  /** Whether there is room for this round's numbers; the first and the last always have it. */
  labelled(i: number): boolean;
}

/** `room`: what a round’s numbers take, in pixels. */
export function columns(count: number, left: number, right: number, room: number): Columns {
  const width = (right - left) / Math.max(1, count);
  const every = Math.max(1, Math.ceil(room / width));
  const last = count - 1;
  return {
    x: (i) => left + i * width,
    width,
    labelled: (i) => i === last || (i % every === 0 && last - i >= every),
  };
}

/** Pixels of a value, upward from the base. */
export const rise = (value: number, most: number, height: number): number =>
  most === 0 ? 0 : (value / most) * height;
