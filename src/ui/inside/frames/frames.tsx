/** Every frame and message of the run: a list to choose from, the chosen one field by field, and what the switch and the client believed then. */
import { useMemo, useState } from 'preact/hooks';
import { followWire, passes, type WireFilter, type WireRow } from '../../../trace/wire-rows.ts';
import { count } from '../../strings/format.ts';
import { useApp, usePicture } from '../../use-store.ts';
import { FrameDetails } from './frame-details.tsx';
import { FrameList } from './frame-list.tsx';
import { PcapButton } from './pcap-button.tsx';
import { TablesThen } from './tables-then.tsx';

const FILTERS: Readonly<Record<WireFilter, string>> = {
  all: 'Everything',
  arp: 'ARP and RARP',
  icmp: 'ICMP',
  udp: 'UDP',
  tcp: 'TCP',
  migration: 'Migration protocol',
  lost: 'Not arrived',
};

export function Frames() {
  const { player } = useApp();
  usePicture();
  const [filter, setFilter] = useState<WireFilter>('all');
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState<WireRow>();
  const follow = useMemo(followWire, []);
  const { rows, forgotten } = follow.of(player.history.stretches);
  const shown = rows.filter((row) => passes(row, filter, words)).reverse();
  // After a fork the row belongs to a future that never came.
  const row = chosen && rows.includes(chosen) ? chosen : undefined;
  const choose = (next: WireRow) => {
    setChosen(next);
    player.seek(next.at + 1);
  };
  return (
    <div class="frames">
      <section class="frames-list" aria-label="Frames and messages">
        <div class="filters">
          <label>
            Show{' '}
            <select
              value={filter}
              onChange={(event) => setFilter(event.currentTarget.value as WireFilter)}
            >
              {Object.entries(FILTERS).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <label>
            Containing{' '}
            <input
              type="search"
              value={words}
              maxLength={60}
              placeholder="address, port, words"
              onInput={(event) => setWords(event.currentTarget.value)}
            />
          </label>
          <PcapButton />
        </div>
        <p class="aside">
          {count(shown.length)} of {count(rows.length)}, newest first. A row goes to its moment.
          {forgotten > 0 && ` ${count(forgotten)} older ones are not listed any more.`}
        </p>
        <FrameList rows={shown} chosen={row} onChoose={choose} />
      </section>
      <div class="frames-side">
        {row ? (
          <FrameDetails row={row} before={nextLike(rows, row)} />
        ) : (
          <p class="aside">Choose a row to see it field by field, with its bytes.</p>
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
