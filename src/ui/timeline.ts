/** The timeline's geometry, apart from its drawing: what lies where on the axis of virtual time. */
import type { Instant } from '../base/units.ts';
import type { KeptRun } from '../store/figures.ts';
import type { Picture, RoundPicture, Span } from '../trace/picture.ts';
import { probeInterval } from '../trace/replay-network.ts';

export interface Axis {
  readonly from: number;
  readonly to: number;
  /** Where the migration began: the axis counts from here. */
  readonly origin: number;
  x(at: number): number;
}

/** Room before the migration's start, as a share of the axis. */
const LEAD = 0.02;
const STEPS = [1, 1.5, 2, 3, 4, 5, 7.5, 10];

/** The next round length that holds `ns`: the axis must not creep while time passes. */
export function roundSpan(ns: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, ns)));
  return (STEPS.find((step) => step * power >= ns) ?? 10) * power;
}

export interface AxisWishes {
  readonly picture: Picture;
  /** When the migration will start, while it has not. */
  readonly plannedStart: number;
  /** A first guess of how long all takes, so that the axis stands still from the beginning. */
  readonly guessNs: number;
  readonly previous: KeptRun | undefined;
  readonly over: boolean;
  readonly left: number;
  readonly right: number;
}

export function axisFor({
  picture,
  plannedStart,
  guessNs,
  previous,
  over,
  left,
  right,
}: AxisWishes): Axis {
  const origin = picture.startedAt ?? plannedStart;
  const before = previous?.figures.totalNs ?? 0;
  const lasted = picture.now - origin;
  const span = over ? Math.max(lasted, before, 1) : roundSpan(Math.max(lasted, before, guessNs));
  const from = origin - span * LEAD;
  const to = origin + span;
  return { from, to, origin, x: (at) => left + ((at - from) / (to - from)) * (right - left) };
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Four to eight round moments of the axis, counted from the migration's start. */
export function ticks({ from, to, origin }: Omit<Axis, 'x'>): Tick[] {
  const step = roundSpan((to - from) / 8);
  const span = to - origin;
  const unit = span >= 1e9 ? 1e9 : span >= 1e6 ? 1e6 : 1e3;
  const name = unit === 1e9 ? 's' : unit === 1e6 ? 'ms' : 'µs';
  const digits = Math.min(9, Math.max(2, 2 - Math.floor(Math.log10(step / unit))));
  const marks: Tick[] = [];
  const first = Math.max(0, Math.ceil((from - origin) / step)) * step;
  for (let since = first; origin + since <= to; since += step) {
    marks.push({
      at: origin + since,
      label: since === 0 ? '0' : `${Number((since / unit).toFixed(digits))} ${name}`,
    });
  }
  return marks;
}

export type RoundKind = 'first' | 'again' | 'paused' | 'pull';

/** What a round is for: the first pass, what was written again, the rest while the VM is paused, or the pull. */
export function roundKind(round: RoundPicture, picture: Picture): RoundKind {
  const { downtime } = picture;
  if (downtime?.to !== undefined && round.from >= downtime.to) return 'pull';
  if (picture.status === 'postcopy-active' && round.to === undefined) return 'pull';
  if (downtime && round.from >= downtime.from) return 'paused';
  return round.round <= 1 ? 'first' : 'again';
}

/** When the client's requests were answered as they came: spans without a longer silence. */
export function answeredSpans(picture: Picture): Span[] {
  const patience = 1.6 * probeInterval(picture);
  const spans: { from: Instant; to: Instant }[] = [];
  for (const { answeredAt, sentAt } of picture.probes) {
    if (answeredAt === undefined) continue;
    const last = spans.at(-1);
    if (last && answeredAt - last.to <= patience) last.to = answeredAt;
    else spans.push({ from: spans.length === 0 ? sentAt : answeredAt, to: answeredAt });
  }
  return spans;
}

/** Points of a curve as an SVG path of steps; `y` turns pages into pixels. */
export function curvePath(
  points: readonly { readonly at: number; readonly left: number }[],
  x: (at: number) => number,
  y: (left: number) => number,
  end?: number,
): string {
  const first = points[0];
  if (!first) return '';
  let path = `M${fixed(x(first.at))} ${fixed(y(first.left))}`;
  for (const { at, left } of points.slice(1)) path += `L${fixed(x(at))} ${fixed(y(left))}`;
  return end === undefined ? path : `${path}H${fixed(x(end))}`;
}

const fixed = (value: number): string => value.toFixed(1);
