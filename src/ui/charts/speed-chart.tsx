/** How much of the time the guest could run: what the migration costs it while it lasts. */

import type { SpeedSlot } from '../../store/chart-figures.ts';
import * as words from '../strings/charts.ts';
import { plain } from '../strings/format.ts';
import { ticks } from '../timeline.ts';
import { ChartFrame } from './chart-frame.tsx';

const TOP = 10;
const PLOT = 64;
const HEIGHT = TOP + PLOT + 18;
const LEFT = 42;

interface Props {
  readonly slots: readonly SpeedSlot[];
  /** When the migration began: the axis counts from here. */
  readonly origin: number;
}

const percent = (share: number): string => `${plain(Math.round(share * 1000) / 10)} %`;

export function SpeedChart({ slots, origin }: Props) {
  const rows = slots.map(({ from, to, share }) => [
    words.slot(Math.max(0, from - origin), to - origin),
    percent(share),
  ]);
  return (
    <ChartFrame
      title={words.speedTitle}
      height={HEIGHT}
      spoken={spoken(slots)}
      empty={words.notBegun}
      table={{ head: [words.afterStart, words.runs], rows }}
      draw={(width) => <Steps slots={slots} origin={origin} width={width} />}
    />
  );
}

function Steps({ slots, origin, width }: Props & { readonly width: number }) {
  const to = slots.at(-1)?.to ?? origin;
  const x = (at: number) => LEFT + ((at - origin) / (to - origin)) * (width - LEFT);
  const y = (share: number) => TOP + PLOT * (1 - share);
  const steps = slots.map((slot) => `V${y(slot.share)}H${x(slot.to)}`).join('');
  const marks = ticks({ from: origin, to, origin }).filter((_, i) => i % 2 === 0);
  return (
    <>
      {[1, 0.5, 0].map((share) => (
        <g key={share}>
          <line class="base" x1={LEFT} x2={width} y1={y(share)} y2={y(share)} />
          <text class="quiet" x={LEFT - 6} y={y(share) + 4} text-anchor="end">
            {percent(share)}
          </text>
        </g>
      ))}
      <path class="area" d={`M${LEFT} ${y(0)}${steps}V${y(0)}Z`} />
      <path class="curve" d={`M${LEFT} ${y(slots[0]?.share ?? 0)}${steps}`} />
      {marks.map(({ at, label }) => (
        <text
          key={label}
          class="quiet"
          x={x(at)}
          y={HEIGHT - 4}
          text-anchor={x(at) > width - 30 ? 'end' : 'start'}
        >
          {label}
        </text>
      ))}
    </>
  );
}

function spoken(slots: readonly SpeedSlot[]): string {
  const span = slots.reduce((sum, { from, to }) => sum + to - from, 0);
  const ran = slots.reduce((sum, { from, to, share }) => sum + (to - from) * share, 0);
  const slowest = Math.min(1, ...slots.map(({ share }) => share));
  if (span === 0) return '';
  return words.speedSpoken(percent(ran / span), percent(slowest));
}
