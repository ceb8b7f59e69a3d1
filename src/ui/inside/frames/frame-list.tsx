/** The rows, of which only those in sight exist. */

import { useState } from 'preact/hooks';
import { fate, type WireRow, wireKey } from '../../../trace/wire-rows.ts';
import { bytes } from '../../strings/format.ts';
import * as words from '../../strings/frames.ts';
import { usePicture } from '../../use-store.ts';

/** Rows are of one height. */
const ROW = 46;
const SIGHT = 10 * ROW;
const SPARE = 4;

export interface FrameListProps {
  readonly rows: readonly WireRow[];
  readonly chosen: WireRow | undefined;
  onChoose(row: WireRow): void;
}

export function FrameList({ rows, chosen, onChoose }: FrameListProps) {
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const seen = rows.slice(first, first + Math.ceil(SIGHT / ROW) + 2 * SPARE);
  return (
    <div class="frame-sight" onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
      <ol
        class="frame-rows"
        aria-label={words.whatCrossed}
        style={{ height: `${rows.length * ROW}px` }}
      >
        {seen.map((row, i) => (
          <Row
            key={`${wireKey(row.kind, row.party, row.id)} ${row.at}`}
            row={row}
            place={first + i}
            all={rows.length}
            chosen={row === chosen}
            onChoose={onChoose}
          />
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  readonly row: WireRow;
  readonly place: number;
  readonly all: number;
  readonly chosen: boolean;
  onChoose(row: WireRow): void;
}

function Row({ row, place, all, chosen, onChoose }: RowProps) {
  const { now } = usePicture();
  const lost = row.received.length === 0 && row.dropped.length > 0;
  return (
    <li
      aria-posinset={place + 1}
      aria-setsize={all}
      style={{ top: `${place * ROW}px` }}
      class={row.at >= now ? 'to-come' : ''}
    >
      <button
        type="button"
        class={lost ? 'lost' : ''}
        aria-current={chosen ? 'true' : undefined}
        onClick={() => onChoose(row)}
      >
        <span class="row-head">
          <span class="when">{words.milliseconds((row.at / 1e6).toFixed(3))}</span>{' '}
          <b>{typeName(row)}</b>{' '}
          <span class="row-way">
            {row.from} → {row.to}
          </span>{' '}
          <span class="when">{bytes(row.bytes)}</span>
          {lost && <span class="row-lost">✕ {fate(row, now)}</span>}
        </span>
        <span class="row-summary">{row.summary}</span>
      </button>
    </li>
  );
}

const typeName = ({ kind, type }: WireRow): string =>
  kind === 'message' ? type.toUpperCase() : type;
