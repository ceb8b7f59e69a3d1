/** Pages left over time, all lanes on one axis that counts from each migration's start. */

import { useRef } from 'preact/hooks';
import type { Lane } from '../../store/compare.ts';
import { thinned } from '../../store/figures.ts';
import type { Picture } from '../../trace/picture.ts';
import { useWidth } from '../kit/use-width.ts';
import * as words from '../strings/compare.ts';
import { count } from '../strings/format.ts';
import { laneTitle } from '../strings/lanes.ts';
import { type Axis, curvePath, roundSpan, ticks } from '../timeline.ts';

const LEFT = 52;
const RIGHT = 12;
const TOP = 10;
const PLOT = 128;
const HEIGHT = TOP + PLOT + 20;

export function Curves({ lanes }: { readonly lanes: readonly Lane[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  return (
    <figure class="curves">
      <figcaption>{words.curves}</figcaption>
      <div ref={frame}>{width > 0 && <Plot lanes={lanes} width={width} />}</div>
    </figure>
  );
}

/** How long the longest lane has taken, at least what one pass over memory takes. */
function spanOf(lanes: readonly Lane[]): number {
  const taken = lanes.map(({ picture, scenario }) => {
    const pass = (scenario.vm.memoryMiB * 1024 * 1024 * 8) / (scenario.network.bandwidthMbps * 1e6);
    return Math.max(sinceStart(picture), pass * 1e9);
  });
  return roundSpan(Math.max(1, ...taken));
}

const sinceStart = ({ startedAt, endedAt, now }: Picture): number =>
  startedAt === undefined ? 0 : (endedAt ?? now) - startedAt;

function Plot({ lanes, width }: { readonly lanes: readonly Lane[]; readonly width: number }) {
  const span = spanOf(lanes);
  const x = (since: number) => LEFT + (since / span) * (width - LEFT - RIGHT);
  const axis: Axis = { from: 0, to: span, origin: 0, x };
  const most = Math.max(1, ...lanes.map(({ picture }) => picture.pages.count));
  const y = (left: number) => TOP + PLOT - (left / most) * PLOT;
  // On a phone every second label has room.
  const marks = ticks(axis).filter((_, i) => width > 520 || i % 2 === 0);
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={spoken(lanes)}
    >
      <g class="ground">
        {[most, most / 2, 0].map((left) => (
          <g key={left}>
            <line x1={LEFT} x2={width - RIGHT} y1={y(left)} y2={y(left)} />
            <text x={LEFT - 6} y={y(left) + 4} text-anchor="end">
              {count(left)}
            </text>
          </g>
        ))}
        {marks.map(({ at, label }) => (
          <text
            key={label}
            x={x(at)}
            y={HEIGHT - 4}
            text-anchor={x(at) > width - 50 ? 'end' : 'start'}
          >
            {label}
          </text>
        ))}
      </g>
      {lanes.map(({ picture }, index) => (
        <LaneCurve key={index} picture={picture} index={index} x={x} y={y} />
      ))}
    </svg>
  );
}

interface CurveProps {
  readonly picture: Picture;
  readonly index: number;
  x(since: number): number;
  y(left: number): number;
}

function LaneCurve({ picture, index, x, y }: CurveProps) {
  const { startedAt, downtime, endedAt, now } = picture;
  if (startedAt === undefined) return null;
  const since = (at: number) => x(at - startedAt);
  const points = thinned(picture.curve);
  const down =
    downtime && points.filter(({ at }) => at >= downtime.from && at <= (downtime.to ?? now));
  return (
    <g class={`lane-line-${index}`}>
      <path d={curvePath(points, since, y, endedAt ?? now)} />
      {down && down.length > 1 && <path class="still" d={curvePath(down, since, y)} />}
    </g>
  );
}

function spoken(lanes: readonly Lane[]): string {
  const parts = lanes.map(({ picture }, index) =>
    words.laneLeft(laneTitle(index), picture.pages.left, sinceStart(picture)),
  );
  return words.curvesSpoken(parts.join('; '));
}
