/** What of the timeline's axis is in sight: a share of it, and whether time or events are spaced evenly. */
import type { TimelineView } from '../store/app-state.ts';
import * as words from './strings/time.ts';
import { type Axis, type Tick, ticks } from './timeline.ts';

const NARROWEST = 1e-4;
const EVENT_TICKS = 6;

/** `axis` as it is seen: positions, and back from a position to its moment. */
export interface SeenAxis extends Axis {
  at(x: number): number;
  readonly ticks: readonly Tick[];
}

export function seenAxis(
  axis: Axis,
  view: TimelineView,
  events: readonly number[],
  left: number,
  right: number,
): SeenAxis {
  const stops = stopsOf(axis, view.spacing, events);
  const width = view.to - view.from;
  const x = (at: number) => left + ((shareOf(stops, at) - view.from) / width) * (right - left);
  const at = (place: number) =>
    momentOf(stops, view.from + ((place - left) / (right - left)) * width);
  const seen = { from: at(left), to: at(right), origin: axis.origin, x };
  return {
    ...seen,
    at,
    ticks: view.spacing === 'events' ? spread(seen, at, left, right) : ticks(seen),
  };
}

/** Zooms by `factor` (below 1: closer) around a share of what is in sight. */
export function zoomed(view: TimelineView, factor: number, around = 0.5): TimelineView {
  const width = Math.min(1, Math.max(NARROWEST, (view.to - view.from) * factor));
  const centre = view.from + (view.to - view.from) * around;
  const from = Math.min(1 - width, Math.max(0, centre - width * around));
  return { ...view, from, to: from + width };
}

/** The same around a share of the whole axis, which comes into sight by it. */
export function zoomedOn(view: TimelineView, factor: number, share: number): TimelineView {
  const { from, to } = isInSight(view, share) ? view : inSight(view, share);
  return zoomed({ ...view, from, to }, factor, (share - from) / (to - from));
}

/** As much of the axis as was in sight, with a share of it in its middle. */
export function inSight(view: TimelineView, share: number): TimelineView {
  const width = view.to - view.from;
  const from = Math.min(1 - width, Math.max(0, share - width / 2));
  return { ...view, from, to: from + width };
}

export const isInSight = ({ from, to }: TimelineView, share: number): boolean =>
  share >= from && share <= to;

/** How far along the whole axis a moment lies, as it is spaced. */
export const shareAt = (
  axis: Axis,
  { spacing }: TimelineView,
  events: readonly number[],
  at: number,
): number => shareOf(stopsOf(axis, spacing, events), at);

const stopsOf = (axis: Axis, spacing: TimelineView['spacing'], events: readonly number[]) =>
  spacing === 'events' ? evenStops(axis, events) : [axis.from, axis.to];

/** As far as the axis goes. */
export const fitted = (view: TimelineView): TimelineView => ({ ...view, from: 0, to: 1 });

export const otherSpacing = ({ spacing }: TimelineView): TimelineView => ({
  from: 0,
  to: 1,
  spacing: spacing === 'events' ? 'time' : 'events',
});

/** Moments that lie evenly apart: the axis' ends, and every event between them once. */
function evenStops({ from, to }: Axis, events: readonly number[]): number[] {
  const between = events.filter((at) => at > from && at < to);
  return [from, ...new Set(between), to];
}

/** How far along the stops a moment lies: 0 to 1, beyond them in proportion. */
function shareOf(stops: readonly number[], at: number): number {
  let low = 0;
  let high = stops.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (stops[middle] <= at) low = middle;
    else high = middle;
  }
  return (low + (at - stops[low]) / (stops[high] - stops[low])) / (stops.length - 1);
}

function momentOf(stops: readonly number[], share: number): number {
  const place = share * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.max(0, Math.floor(place)));
  return stops[i] + (place - i) * (stops[i + 1] - stops[i]);
}

/** Where time is not even, its moments are written at even places. */
function spread(axis: Axis, at: (x: number) => number, left: number, right: number): Tick[] {
  const marks: Tick[] = [];
  for (let i = 0; i < EVENT_TICKS; i++) {
    const moment = at(left + ((right - left) * i) / EVENT_TICKS);
    marks.push({
      at: moment,
      label: words.milliseconds(((moment - axis.origin) / 1e6).toFixed(2)),
    });
  }
  return marks;
}
