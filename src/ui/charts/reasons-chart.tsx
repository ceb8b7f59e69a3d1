/** The migration's bytes by why they crossed. */
import type { ReasonFigures } from '../../store/chart-figures.ts';
import { bytes, count, plain } from '../strings/format.ts';
import { ChartFrame } from './chart-frame.tsx';

const ROW = 32;

const NAMES: Readonly<Record<ReasonFigures['reason'], string>> = {
  first: 'First copy',
  again: 'Sent again',
  demand: 'Asked for by the guest (fault)',
  push: 'Sent ahead (push)',
  other: 'State and agreement',
};

export function ReasonsChart({ reasons }: { readonly reasons: readonly ReasonFigures[] }) {
  const shown = reasons.filter((reason) => reason.bytes > 0);
  const all = shown.reduce((sum, reason) => sum + reason.bytes, 0);
  const most = Math.max(1, ...shown.map((reason) => reason.bytes));
  const share = (part: number) => `${plain((100 * part) / Math.max(1, all))} %`;
  return (
    <ChartFrame
      title={`Sent by reason: ${bytes(all)} in all`}
      height={Math.max(1, shown.length) * ROW}
      spoken={shown.map((part) => `${NAMES[part.reason]}: ${bytes(part.bytes)}`).join('; ')}
      empty="Nothing has been sent."
      table={{
        head: ['Reason', 'Bytes', 'Share', 'Pages', 'Of these all zeros'],
        rows: shown.map((part) => [
          NAMES[part.reason],
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
              {NAMES[part.reason]}
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
