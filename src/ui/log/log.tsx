/** The protocol log: what the run did, line by line, in plain words beside the message and its bytes. A line goes to its moment. */

import { useState } from 'preact/hooks';
import { HOST_A, HOST_B, type LabEvent } from '../../trace/event.ts';
import * as words from '../strings/log.ts';
import { useApp, usePicture } from '../use-store.ts';
import { type LogKind, logKind, stagesOf } from './filters.ts';

/** Lines are of one height, so that only those in sight need to exist. */
const ROW = 42;
const SIGHT = 294;
const SPARE = 3;

export function Log() {
  const { player } = useApp();
  usePicture();
  const [kind, setKind] = useState<LogKind | 'all'>('course');
  const [stage, setStage] = useState(-1);
  const [top, setTop] = useState(0);
  const { events } = player.history;
  const stages = stagesOf(events);
  const rows = events
    .filter(
      (event, i) =>
        (kind === 'all' || logKind(event) === kind) && (stage < 0 || stages[i] === stage),
    )
    .reverse();
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const seen = rows.slice(first, first + Math.ceil(SIGHT / ROW) + 2 * SPARE);
  return (
    <div class="protocol">
      <label>
        {words.show}{' '}
        <select
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as LogKind | 'all')}
        >
          {Object.entries(words.kinds).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>{' '}
      <label>
        {words.stage}{' '}
        <select value={stage} onChange={(event) => setStage(Number(event.currentTarget.value))}>
          <option value={-1}>{words.all}</option>
          {words.STAGE_WORDS.map((name, i) => (
            <option key={name} value={i}>
              {i} {name}
            </option>
          ))}
        </select>
      </label>
      <p class="log-count">{words.lines(rows.length)}</p>
      <div class="log-sight" onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
        <ol
          class="log"
          aria-label={words.whatHappened}
          style={{ height: `${rows.length * ROW}px` }}
        >
          {seen.map((event, i) => (
            <Line
              key={`${event.party}.${event.sequence}`}
              event={event}
              place={first + i}
              all={rows.length}
            />
          ))}
        </ol>
      </div>
    </div>
  );
}

function Line({
  event,
  place,
  all,
}: {
  readonly event: LabEvent;
  readonly place: number;
  readonly all: number;
}) {
  const { player } = useApp();
  const now = player.picture.now;
  return (
    <li
      aria-posinset={place + 1}
      aria-setsize={all}
      style={{ top: `${place * ROW}px` }}
      class={event.at >= now ? 'to-come' : ''}
    >
      <button type="button" onClick={() => player.seek(event.at + 1)}>
        <span class="when">{words.milliseconds((event.at / 1e6).toFixed(3))}</span>{' '}
        {lineText(event)}
      </button>
    </li>
  );
}

const host = (party: number): string =>
  party === HOST_A ? 'A' : party === HOST_B ? 'B' : words.network;

function lineText(event: LabEvent): string {
  if (event.kind === 'message.sent')
    return words.sends(host(event.party), event.type, event.bytes, event.summary);
  if (event.kind === 'message.received')
    return words.receives(host(event.party), event.type, event.bytes, event.summary);
  if (event.kind === 'frame.sent') return words.frame(event.type, event.bytes, event.summary);
  return words.noteText(event);
}
