/** Pages sent in each round beside the distinct pages the guest wrote meanwhile: whether the rounds get anywhere. */

import type { RoundFigures } from '../../store/chart-figures.ts';
import * as words from '../strings/charts.ts';
import { count } from '../strings/format.ts';
import { ChartFrame } from './chart-frame.tsx';
import { columns, rise } from './plot.ts';

const KEY = 18;
const TOP = KEY + 16;
const PLOT = 96;
const HEIGHT = TOP + PLOT + 18;
/** The first number stands left of its bar’s middle. */
const EDGE = 12;

interface Props {
  readonly rounds: readonly RoundFigures[];
}

export function DirtiedChart({ rounds }: Props) {
  const shown = rounds.filter(({ dirtied, paused }) => dirtied !== undefined && !paused);
  return (
    <ChartFrame
      title={words.dirtiedTitle}
      height={HEIGHT}
      spoken={spoken(shown)}
      empty={words.noRoundWhileRunning}
      table={{
        head: [words.round, words.pagesSent, words.pagesWritten],
        rows: shown.map(({ round, sent, dirtied = 0 }) => [
          String(round),
          count(sent),
          count(dirtied),
        ]),
      }}
      draw={(width) => <Bars rounds={shown} width={width} />}
    />
  );
}

function Bars({ rounds, width }: Props & { readonly width: number }) {
  const most = Math.max(1, ...rounds.flatMap(({ sent, dirtied = 0 }) => [sent, dirtied]));
  const place = columns(rounds.length, EDGE, width, 60);
  const bar = Math.min(26, place.width * 0.4);
  const base = TOP + PLOT;
  return (
    <>
      <Key />
      <line class="base" x1={0} x2={width} y1={base} y2={base} />
      {rounds.map(({ round, sent, dirtied = 0 }, i) => {
        const middle = place.x(i) + place.width / 2;
        const up = rise(sent, most, PLOT);
        const written = rise(dirtied, most, PLOT);
        return (
          <g key={round}>
            <rect class="sent" x={middle - bar} width={bar} y={base - up} height={up} />
            <rect class="written" x={middle} width={bar} y={base - written} height={written} />
            {place.labelled(i) && (
              <>
                <text x={middle - 2} y={base - up - 4} text-anchor="end">
                  {count(sent)}
                </text>
                <text x={middle + 2} y={base - written - 4}>
                  {count(dirtied)}
                </text>
                <text class="quiet" x={middle} y={HEIGHT - 4} text-anchor="middle">
                  {round}
                </text>
              </>
            )}
          </g>
        );
      })}
    </>
  );
}

/** The two colours by their names. */
function Key() {
  return (
    <>
      <rect class="sent" x={0.5} y={2.5} width={11} height={11} />
      <text x={17} y={12}>
        {words.sent}
      </text>
      <rect class="written" x={60.5} y={2.5} width={11} height={11} />
      <text x={77} y={12}>
        {words.writtenMeanwhile}
      </text>
    </>
  );
}

function spoken(rounds: readonly RoundFigures[]): string {
  const last = rounds.at(-1);
  if (!last) return '';
  return words.dirtiedSpoken(rounds.length, last.sent, last.round, last.dirtied ?? 0);
}
