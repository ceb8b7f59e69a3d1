/** Every frame and message of the run: a list to choose from, the chosen one field by field, and what the switch and the client believed then. */

import { useMemo, useState } from 'preact/hooks';
import { followWire, passes, type WireFilter, type WireRow } from '../../../trace/wire-rows.ts';
import * as words from '../../strings/frames.ts';
import { useApp, usePicture } from '../../use-store.ts';
import { FrameDetails } from './frame-details.tsx';
import { FrameList } from './frame-list.tsx';
import { PcapButton } from './pcap-button.tsx';
import { TablesThen } from './tables-then.tsx';

export function Frames() {
  const { player } = useApp();
  usePicture();
  const [filter, setFilter] = useState<WireFilter>('all');
  const [sought, setSought] = useState('');
  const [chosen, setChosen] = useState<WireRow>();
  const follow = useMemo(followWire, []);
  const { rows, forgotten } = follow.of(player.history.stretches);
  const shown = rows.filter((row) => passes(row, filter, sought)).reverse();
  // After a fork the row belongs to a future that never came.
  const row = chosen && rows.includes(chosen) ? chosen : undefined;
  const choose = (next: WireRow) => {
    setChosen(next);
    player.seek(next.at + 1);
  };
  return (
    <div class="frames">
      <section class="frames-list" aria-label={words.framesAndMessages}>
        <div class="filters">
          <label>
            {words.show}{' '}
            <select
              value={filter}
              onChange={(event) => setFilter(event.currentTarget.value as WireFilter)}
            >
              {Object.entries(words.filters).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <label>
            {words.containing}{' '}
            <input
              type="search"
              value={sought}
              maxLength={60}
              placeholder={words.containingExample}
              onInput={(event) => setSought(event.currentTarget.value)}
            />
          </label>
          <PcapButton />
        </div>
        <p class="aside">
          {words.shownOf(
            shown.length,
            rows.length,
            forgotten > 0 ? words.olderNotListed(forgotten) : '',
          )}
        </p>
        <FrameList rows={shown} chosen={row} onChoose={choose} />
      </section>
      <div class="frames-side">
        {row ? (
          <FrameDetails row={row} before={nextLike(rows, row)} />
        ) : (
          <p class="aside">{words.chooseRow}</p>
        )}
        <TablesThen />
      </div>
    </div>
  );
}

/** When its number was used again: a later session of the migration counts anew. */
function nextLike(rows: readonly WireRow[], row: WireRow): number {
  const later = rows.slice(rows.indexOf(row) + 1);
  const next = later.find(
    ({ kind, party, id }) => kind === row.kind && party === row.party && id === row.id,
  );
  return next?.at ?? Number.MAX_SAFE_INTEGER;
}
