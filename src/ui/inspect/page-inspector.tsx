/** One guest page under the glass: both copies, who wrote it, how often it crossed, its bytes. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PageEvent } from '../../trace/event.ts';
import { sendings } from '../../trace/page-life.ts';
import { Choice } from '../kit/choice.tsx';
import { Icon } from '../kit/icon.tsx';
import { WholeNumber } from '../kit/whole-number.tsx';
import { clock } from '../strings/format.ts';
import * as words from '../strings/inspect.ts';
import { hasMoved, hex, lifeText } from '../strings/pages.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';
import { HexView } from './hex-view.tsx';
import { clamped, toWritten } from './page-cursor-moves.ts';
import { agreement, arrived, PageTable, Writers } from './page-table.tsx';
import { type Insights, useInsight } from './use-insight.ts';
import './inspect.css';

const PAGE_BYTES = 4096;

export function PageInspector() {
  const { player } = useApp();
  const picture = usePicture();
  const chosen = useStore((state) => state.cursor);
  const gfn = clamped(chosen, Math.max(1, picture.pages.count));
  const insights = useInsight<'page'>({ kind: 'page', gfn });
  const life = player.history.lifeOf(gfn);
  return (
    <aside class="controls inspector" aria-labelledby="inspector-title">
      <Head gfn={gfn} />
      <PageNumber gfn={gfn} pages={picture.pages.count} />
      <PageTable gfn={gfn} insights={insights} />
      <Agreement gfn={gfn} insights={insights} />
      <Writers gfn={gfn} life={life} />
      <Sends life={life} />
      <Bytes gfn={gfn} insights={insights} />
      <Life life={life} />
    </aside>
  );
}

function Head({ gfn }: { readonly gfn: number }) {
  const { store } = useApp();
  const title = useRef<HTMLHeadingElement>(null);
  // Whoever opened it by key or click stands at its head.
  useLayoutEffect(() => title.current?.focus(), []);
  const close = () => {
    store.setState({ inspecting: false });
    requestAnimationFrame(() => document.getElementById('page-cursor')?.focus());
  };
  return (
    <div class="lessons-head">
      <h2 id="inspector-title" ref={title} tabIndex={-1}>
        {words.page(gfn)}
      </h2>
      <span class="aside">{words.guestFrame(hex(gfn), hex(gfn * PAGE_BYTES))}</span>
      <button type="button" class="quiet" aria-label={words.close} onClick={close}>
        <Icon name="cross" />
      </button>
    </div>
  );
}

function PageNumber({ gfn, pages }: { readonly gfn: number; readonly pages: number }) {
  const app = useApp();
  const { player, store } = app;
  const [note, setNote] = useState('');
  return (
    <div class="page-number">
      <label for="page-number">
        {words.pageNumber}{' '}
        <WholeNumber
          value={gfn}
          max={Math.max(0, pages - 1)}
          id="page-number"
          onNumber={(page, asTyped) => {
            setNote(asTyped ? '' : words.pageUsed(pages, page));
            player.pause();
            store.setState({ cursor: page });
          }}
        />
      </label>
      <span>
        {words.writtenAgain}{' '}
        <button type="button" aria-label={words.previousWritten} onClick={() => toWritten(app, -1)}>
          <Icon name="back" />
        </button>{' '}
        <button type="button" aria-label={words.nextWritten} onClick={() => toWritten(app, 1)}>
          <Icon name="step" />
        </button>
      </span>
      <p id="page-number-note" class="page-number-note" role="status">
        {note}
      </p>
    </div>
  );
}

interface AboutPage {
  readonly gfn: number;
  readonly insights: Insights<'page'>;
}

/** What the bytes say, or why they cannot be had and what to do. */
function Agreement({ gfn, insights }: AboutPage) {
  const { player } = useApp();
  const picture = usePicture();
  const copies = useCopies(gfn, insights);
  if (insights.state === 'moving')
    return (
      <p>
        {words.timePasses}{' '}
        <button type="button" onClick={() => player.pause()}>
          {words.pause}
        </button>
      </p>
    );
  if (insights.state === 'failed') return <p class="bad">{words.hostsNotAsked(insights.error)}</p>;
  const older = hasMoved(picture) === (picture.pages.from === 0) ? 'A' : 'B';
  return (
    <p class="agreement">
      {copies ? agreement(...copies, older, picture.pages.from) : words.beingAsked}
    </p>
  );
}

function useCopies(gfn: number, insights: Insights<'page'>) {
  const { pages } = usePicture();
  if (insights.state !== 'known') return undefined;
  const [a, b] = insights.hosts;
  return [arrived(a, pages.of(0)[gfn]), arrived(b, pages.of(1)[gfn])] as const;
}

function Sends({ life }: { readonly life: readonly PageEvent[] }) {
  const sent = sendings(life);
  const rounds = [...new Set(sent.map(({ round }) => round))];
  return (
    <dl class="facts">
      <dt>{words.crossedLink}</dt>
      <dd>{sent.length === 0 ? words.notYet : words.times(sent.length)}</dd>
      {rounds.length > 0 && (
        <>
          <dt>{words.inRounds}</dt>
          <dd>{rounds.join(', ')}</dd>
        </>
      )}
    </dl>
  );
}

const HOSTS = [
  { value: 'a', label: words.bytesOfA },
  { value: 'b', label: words.bytesOfB },
] as const;

function Bytes({ gfn, insights }: AboutPage) {
  const [host, setHost] = useState<'a' | 'b'>('a');
  const copies = useCopies(gfn, insights);
  if (copies === undefined) return null;
  const [a, b] = copies;
  // With one copy there is nothing to choose.
  const shown = a && b ? host : a ? 'a' : 'b';
  const [copy, other] = shown === 'a' ? [a, b] : [b, a];
  if (copy === undefined) return null;
  return (
    <>
      {a && b && (
        <Choice
          label={words.hex}
          options={HOSTS}
          value={host}
          onValue={(value) => setHost(value)}
        />
      )}
      <HexView
        label={words.bytesOf(gfn, shown.toUpperCase())}
        bytes={copy.bytes}
        other={other?.bytes}
      />
      <p class="aside">{words.sameRows(a && b ? words.markedDiffer : '')}</p>
    </>
  );
}

/** Each line goes to its moment. */
function Life({ life }: { readonly life: readonly PageEvent[] }) {
  const { player } = useApp();
  if (life.length === 0) return <p class="aside">{words.nothingHappened}</p>;
  return (
    <>
      <h3>{words.life}</h3>
      <ol class="life">
        {life.map((event) => (
          <li key={`${event.party}.${event.sequence}`}>
            <button type="button" onClick={() => player.seek(event.at + 1)}>
              <span class="when">{clock(event.at)}</span> {lifeText(event)}
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}
