/** Columns over time. Text stays outside of the drawing, which is stretched to the width there is. */
import { clock } from '../../strings/format.ts';
import type { Column, Stretch } from './strip-columns.ts';

const HEIGHT = 56;

interface StripProps {
  readonly label: string;
  readonly columns: readonly Column[];
  /** What a full column stands for. */
  readonly top: number;
  readonly topText: string;
  readonly stretch: Stretch;
}

export function Strip({ label, columns, top, topText, stretch }: StripProps) {
  const height = (value: number) => (top === 0 ? 0 : (value / top) * HEIGHT);
  return (
    <div class="time-strip">
      <span class="strip-top">{topText}</span>
      <svg
        viewBox={`0 0 ${columns.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {columns.map(({ value, lost, late }, i) => (
          <g key={i}>
            {value > 0 && (
              <rect
                class={late ? 'was-late' : 'ok'}
                x={i}
                y={HEIGHT - height(value)}
                width={0.8}
                height={height(value)}
              />
            )}
            {lost && <path class="lost" d={`M${i + 0.4} 0V${HEIGHT}`} />}
          </g>
        ))}
      </svg>
      <span class="strip-ends">
        <span>{clock(stretch.from)}</span>
        <span>{clock(stretch.to)}</span>
      </span>
    </div>
  );
}
