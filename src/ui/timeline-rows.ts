/** Where the timeline's rows lie, in pixels: for a desk, and for a hall whose last row must read them. */
interface Place {
  readonly y: number;
  readonly h: number;
}

export interface TimelineRows {
  /** The text's size; its letters are about 0.6 of it wide, bold ones 0.68. */
  readonly text: number;
  /** Left of the axis: the rows' names. */
  readonly gutter: number;
  readonly stages: Place;
  readonly rounds: Place;
  readonly curve: Place;
  readonly down: Place;
  readonly vm: Place;
  readonly client: Place;
  readonly out: Place;
  readonly axis: Place;
}

const DESK: TimelineRows = {
  text: 12,
  gutter: 104,
  stages: { y: 0, h: 15 },
  rounds: { y: 17, h: 22 },
  curve: { y: 42, h: 34 },
  down: { y: 78, h: 12 },
  vm: { y: 91, h: 13 },
  client: { y: 107, h: 8 },
  out: { y: 116, h: 13 },
  axis: { y: 131, h: 14 },
};

const HALL: TimelineRows = {
  text: 20,
  gutter: 132,
  stages: { y: 0, h: 22 },
  rounds: { y: 24, h: 26 },
  curve: { y: 54, h: 28 },
  down: { y: 84, h: 18 },
  vm: { y: 103, h: 23 },
  client: { y: 132, h: 10 },
  out: { y: 144, h: 20 },
  axis: { y: 166, h: 22 },
};

export const rowsFor = (mode: string): TimelineRows => (mode === 'present' ? HALL : DESK);

export const heightOf = ({ axis }: TimelineRows): number => axis.y + axis.h;

/** Where text of one line stands so that it lies in the middle of `place`. */
export const baseline = ({ y, h }: Place, { text }: TimelineRows): number =>
  y + h / 2 + text * 0.36;

const LETTER = 0.62;
const BOLD_LETTER = 0.68;

/** The longest of the labels that fits. */
export function labelFor(
  width: number,
  labels: readonly string[],
  { text }: TimelineRows,
): string | undefined {
  return labels.find((label) => label.length * LETTER * text + 10 <= width);
}

export interface LabelPlace {
  readonly x: number;
  readonly anchor: 'start' | 'middle' | 'end';
  /** What it covers of the bracket's line, when it must lie on it. */
  readonly gap?: { readonly from: number; readonly to: number };
}

/** Beside the bracket from `from` to `to` on the side that has room, or else on it, always in sight. */
export function bracketLabel(
  label: string,
  span: { readonly from: number; readonly to: number },
  sight: { readonly left: number; readonly right: number },
  { text }: TimelineRows,
): LabelPlace {
  const width = label.length * BOLD_LETTER * text;
  if (span.to + 6 + width <= sight.right) return { x: span.to + 6, anchor: 'start' };
  if (span.from - 6 - width >= sight.left) return { x: span.from - 6, anchor: 'end' };
  const middle = (Math.max(span.from, sight.left) + Math.min(span.to, sight.right)) / 2;
  const least = sight.left + width / 2;
  const most = Math.max(least, sight.right - width / 2);
  const x = Math.min(most, Math.max(least, middle));
  return { x, anchor: 'middle', gap: { from: x - width / 2 - 3, to: x + width / 2 + 3 } };
}
