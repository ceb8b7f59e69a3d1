/** The client’s own view: how regularly it was answered, what its downloads brought, and its transcript. */

import { useMemo, useRef, useState } from 'preact/hooks';
import { type ClientLine, followClient, type ClientLog as Log } from '../../../trace/client-log.ts';
import { useWidth } from '../../kit/use-width.ts';
import * as words from '../../strings/client.ts';
import { clientText } from '../../strings/client-lines.ts';
import { rate, time } from '../../strings/format.ts';
import { useApp, usePicture, useStore } from '../../use-store.ts';
import { scenarioLink } from '../../views.ts';
import { Strip } from './strip.tsx';
import { intervalColumns, rateColumns, type Stretch } from './strip-columns.ts';

const COLUMNS = 240;
const ROW = 28;
/** On a phone, where a line may need two. */
const TALL_ROW = 46;
const NARROW = 600;
const SIGHT = 280;
const SPARE = 6;

export function ClientLog() {
  const { player } = useApp();
  const { now } = usePicture();
  const ping = useStore((state) => state.scenario.network.probe === 'ping');
  const follow = useMemo(followClient, []);
  const log = follow.of(player.history.stretches);
  const stretch = { from: Math.min(firstHeard(log), now), to: now };
  return (
    <div class="client-log">
      <Intervals log={log} stretch={stretch} />
      <Throughput log={log} stretch={stretch} />
      <Transcript log={log} now={now} ping={ping} />
    </div>
  );
}

/** A guest that boots is silent for long: the strips begin when it is first heard of. */
function firstHeard({ answers, losses, rates }: Log): number {
  const [answer] = answers;
  const first = [answer && answer.at - answer.gapNs, losses[0], rates[0]?.from];
  return Math.min(...first.map((at) => at ?? Number.POSITIVE_INFINITY));
}

interface StripProps {
  readonly log: Log;
  readonly stretch: Stretch;
}

function Intervals({ log, stretch }: StripProps) {
  const past = log.answers.filter(({ at }) => at < stretch.to);
  const lost = log.losses.filter((at) => at < stretch.to).length;
  const late = past.filter((mark) => mark.late).length;
  const longest = Math.max(0, ...past.slice(-4000).map(({ gapNs }) => gapNs));
  const columns = intervalColumns(log.answers, log.losses, stretch, COLUMNS);
  return (
    <section aria-labelledby="intervals">
      <h3 id="intervals">{words.betweenAnswers}</h3>
      <p class="aside">
        {words.intervals(past.length, longest, lost, late > 0 ? words.answeredLate(late) : '')}
      </p>
      <Strip
        label={words.intervalsSpoken(longest, lost, late)}
        columns={columns}
        top={longest}
        topText={time(longest)}
        stretch={stretch}
      />
      <p class="strip-key aside">
        <span>
          <span class="key-bar" /> {words.timeSinceAnswer}
        </span>{' '}
        <span>
          <span class="key-bar was-late" /> {words.lateAnswer}
        </span>{' '}
        <span>
          <span class="key-bar lost" /> {words.requestGivenUp}
        </span>
      </p>
    </section>
  );
}

function Throughput({ log, stretch }: StripProps) {
  const fetches = useStore((state) => state.scenario.network.fetch !== undefined);
  if (!fetches) return <NoDownloads />;
  const values = rateColumns(log.rates, stretch, COLUMNS);
  const top = Math.max(0, ...values);
  return (
    <section aria-labelledby="throughput">
      <h3 id="throughput">{words.downloadRate}</h3>
      <p class="aside">{words.atMostInColumn(top / 1e6)}</p>
      <Strip
        label={words.downloadRateSpoken(top / 1e6)}
        columns={values.map((value) => ({ value, lost: false, late: false }))}
        top={top}
        topText={rate(top / 1e6)}
        stretch={stretch}
      />
    </section>
  );
}

function NoDownloads() {
  const { store } = useApp();
  return (
    <p class="aside">
      {words.downloadsNothing}{' '}
      <a href={`${scenarioLink('web', store.getState())}&view=inside:client`}>{words.webServer}</a>
    </p>
  );
}

interface TranscriptProps {
  readonly log: Log;
  readonly now: number;
  readonly ping: boolean;
}

function Transcript({ log, now, ping }: TranscriptProps) {
  const [top, setTop] = useState(0);
  const sight = useRef<HTMLDivElement>(null);
  const width = useWidth(sight);
  const row = width < NARROW ? TALL_ROW : ROW;
  const lines = log.lines.filter(({ event }) => event.at < now).reverse();
  const first = Math.max(0, Math.floor(top / row) - SPARE);
  const seen = lines.slice(first, first + Math.ceil(SIGHT / row) + 2 * SPARE);
  return (
    <section aria-labelledby="transcript">
      <h3 id="transcript">{words.transcript}</h3>
      <p class="aside">
        {words.lines(lines.length, log.forgotten > 0 ? words.olderNotKept(log.forgotten) : '')}
      </p>
      <div
        ref={sight}
        class="transcript-sight"
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        <ol
          class="transcript"
          aria-label={words.whatClientSaw}
          style={{ height: `${lines.length * row}px` }}
        >
          {seen.map((line, i) => (
            <Line
              key={`${line.event.sequence}`}
              line={line}
              ping={ping}
              place={first + i}
              all={lines.length}
              height={row}
            />
          ))}
        </ol>
      </div>
    </section>
  );
}

interface LineProps {
  readonly line: ClientLine;
  readonly ping: boolean;
  readonly place: number;
  readonly all: number;
  readonly height: number;
}

function Line({ line, ping, place, all, height }: LineProps) {
  const { player } = useApp();
  const { event, late } = line;
  const bad =
    event.kind === 'probe.lost' || (event.kind === 'fetch.finished' && event.trouble !== '');
  return (
    <li
      aria-posinset={place + 1}
      aria-setsize={all}
      style={{ top: `${place * height}px`, height: `${height}px` }}
    >
      <button
        type="button"
        class={bad ? 'lost' : late ? 'was-late' : ''}
        onClick={() => player.seek(event.at + 1)}
      >
        <span class="when">{words.milliseconds((event.at / 1e6).toFixed(3))}</span>{' '}
        {clientText(line, ping)}
      </button>
    </li>
  );
}
