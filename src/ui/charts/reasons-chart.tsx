/** The migration's bytes by why they crossed. */

import type { ReasonFigures } from '../../store/chart-figures.ts';
import * as words from '../strings/charts.ts';
import { bytes, count, plain } from '../strings/format.ts';
import { ChartFrame } from './chart-frame.tsx';

const ROW = 32;

export function ReasonsChart({ reasons }: { readonly reasons: readonly ReasonFigures[] }) {
  const shown = reasons.filter((reason) => reason.bytes > 0);
  const all = shown.reduce((sum, reason) => sum + reason.bytes, 0);
  const most = Math.max(1, ...shown.map((reason) => reason.bytes));
  const share = (part: number) => `${plain((100 * part) / Math.max(1, all))} %`;
  return (
    <ChartFrame
      title={words.reasonsTitle(all)}
      height={Math.max(1, shown.length) * ROW}
      spoken={shown
        .map((part) => `${words.reasonNames[part.reason]}: ${bytes(part.bytes)}`)
        .join('; ')}
      empty={words.nothingSent}
      table={{
        head: [words.reason, words.bytesColumn, words.share, words.pages, words.allZeros],
        rows: shown.map((part) => [
          words.reasonNames[part.reason],
          count(part.bytes),
          share(part.bytes),
          part.reason === 'other' ? '–' : count(part.pages),
          part.reason === 'other' ? '–' : count(part.zero),
        ]),
      }}
      draw={(width) =>
        shown.map((part, i) => (
          <g key={part.reason}>
            <text x={0} y={i * ROW + 12}>
              {words.reasonNames[part.reason]}
            </text>
            <text x={width} y={i * ROW + 12} text-anchor="end" class="value">
              {bytes(part.bytes)}
            </text>
            <rect
              class={`reason ${part.reason}`}
              x={0.5}
              y={i * ROW + 16.5}
              width={Math.max(1.5, (part.bytes / most) * (width - 1))}
              height={10}
            />
          </g>
        ))
      }
    />
  );
}
