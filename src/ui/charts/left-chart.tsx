/** Pages left after each round, with the threshold at which the VM is paused for the rest. */

import type { RoundFigures } from '../../store/chart-figures.ts';
import * as words from '../strings/charts.ts';
import { count } from '../strings/format.ts';
import { ChartFrame } from './chart-frame.tsx';
import { columns, rise } from './plot.ts';

const TOP = 16;
const PLOT = 84;
const HEIGHT = TOP + PLOT + 18;

interface Props {
  readonly rounds: readonly RoundFigures[];
  /** Undefined for an algorithm that decides by something else. */
  readonly threshold: number | undefined;
}

export function LeftChart({ rounds, threshold }: Props) {
  const shown = rounds.filter(({ left }) => left !== undefined);
  return (
    <ChartFrame
      title={threshold === undefined ? words.leftTitle : words.leftTitleWithThreshold(threshold)}
      height={HEIGHT}
      spoken={spoken(shown, threshold)}
      empty={words.noRoundEnded}
      table={{
        head: [words.round, words.pagesLeft, words.vm],
        rows: shown.map(({ round, left = 0, paused }) => [
          String(round),
          count(left),
          paused ? words.vmPaused : words.vmRan,
        ]),
      }}
      draw={(width) => <Line rounds={shown} threshold={threshold} width={width} />}
    />
  );
}

function Line({ rounds, threshold, width }: Props & { readonly width: number }) {
  const values = rounds.map(({ left = 0 }) => left);
  const most = Math.max(1, threshold ?? 0, ...values) * 1.05;
  const place = columns(rounds.length, 0, width, 34);
  const middle = (i: number) => place.x(i) + place.width / 2;
  const base = TOP + PLOT;
  const y = (left: number) => base - rise(left, most, PLOT);
  return (
    <>
      <line class="base" x1={0} x2={width} y1={base} y2={base} />
      {threshold !== undefined && (
        <line class="limit" x1={0} x2={width} y1={y(threshold)} y2={y(threshold)} />
      )}
      <path
        class="curve"
        d={values.map((left, i) => `${i === 0 ? 'M' : 'L'}${middle(i)} ${y(left)}`).join('')}
      />
      {rounds.map(({ round, left = 0, paused }, i) => (
        <g key={round}>
          <circle class={paused ? 'point paused' : 'point'} cx={middle(i)} cy={y(left)} r={4} />
          {place.labelled(i) && (
            <>
              <text x={middle(i)} y={y(left) - 8} text-anchor="middle">
                {count(left)}
              </text>
              <text class="quiet" x={middle(i)} y={HEIGHT - 4} text-anchor="middle">
                {round}
              </text>
            </>
          )}
        </g>
      ))}
    </>
  );
}

function spoken(rounds: readonly RoundFigures[], threshold: number | undefined): string {
  const last = rounds.at(-1);
  if (!last) return '';
  const limit = threshold === undefined ? '' : words.thresholdIs(threshold);
  return words.leftSpoken(last.round, last.left ?? 0, limit);
}
