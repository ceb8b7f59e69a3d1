/** What every chart has around its drawing: a title, what it says in words, and its numbers as a table. */

import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { useWidth } from '../kit/use-width.ts';
import * as words from '../strings/charts.ts';

export interface ChartTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface FrameProps {
  readonly title: string;
  readonly height: number;
  /** The chart in a sentence or two. */
  readonly spoken: string;
  readonly table: ChartTable;
  /** Said in place of a drawing while there is nothing to draw. */
  readonly empty: string;
  draw(width: number): ComponentChildren;
}

export function ChartFrame({ title, height, spoken, table, empty, draw }: FrameProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const nothing = table.rows.length === 0;
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={frame} style={{ minHeight: height }}>
        {nothing && <p class="aside">{empty}</p>}
        {!nothing && width > 0 && (
          <svg
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={`${title}. ${spoken}`}
          >
            {draw(width)}
          </svg>
        )}
      </div>
      {!nothing && (
        <details>
          <summary>{words.asTable}</summary>
          <table>
            <caption class="sr">{title}</caption>
            <thead>
              <tr>
                {table.head.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map(([first, ...rest]) => (
                <tr key={first}>
                  <th scope="row">{first}</th>
                  {rest.map((value, i) => (
                    <td key={table.head[i + 1]}>{value}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </figure>
  );
}
