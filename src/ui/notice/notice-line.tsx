/**
 * The one place where the page says what is the matter, below the headline: what broke, what a link got
 * wrong, what became of time, why a run does not get on. Its room is always kept, so that nothing moves.
 */

import { lazy } from '../kit/lazy.tsx';
import { rich } from '../kit/rich.tsx';
import * as words from '../strings/notice.ts';
import { TimeNotice } from '../time-notice.tsx';
import { useApp, usePicture, useStore } from '../use-store.ts';
import { troubleKind } from './trouble-kind.ts';

const Offer = lazy(async () => (await import('../keep/offer.tsx')).Offer, words.theLastRun);
const Help = lazy(async () => (await import('./help.tsx')).Help, words.theHelp);

export function NoticeLine() {
  const { store } = useApp();
  const picture = usePicture();
  const error = useStore((state) => state.error);
  const noticed = useStore((state) => state.notices.length > 0);
  const forked = useStore((state) => state.forked);
  const offered = useStore(({ kept, phase, mode }) => kept && phase === 'ready' && mode === 'full');
  const atBreak = useStore(({ stoppedAt }) => stoppedAt === 'break' || stoppedAt === 'instruction');
  const kind = troubleKind(picture, store.getState());
  if (error !== '') return <Broken error={error} />;
  if (noticed) return <LinkNotices />;
  if (kind !== undefined && !forked && !atBreak) return <Help kind={kind} />;
  if (offered && !atBreak) return <Offer />;
  return <TimeNotice />;
}

function Broken({ error }: { readonly error: string }) {
  const { player } = useApp();
  return (
    <div class="notice-part" role="alert">
      <p class="notice-text">
        {rich(words.simulationStopped, { stopped: <strong>{words.stopped}</strong>, error })}
      </p>
      <button type="button" onClick={() => void player.takeUp()}>
        {words.goOn}
      </button>
      <button type="button" onClick={() => void player.reset()}>
        {words.startOver}
      </button>
    </div>
  );
}

/** What a link got wrong, where the page has no headline: over a comparison, over data centers. */
export function LinkNoticeLine() {
  const noticed = useStore((state) => state.notices.length > 0);
  return noticed ? (
    <div class="notice-line">
      <LinkNotices />
    </div>
  ) : null;
}

/** What a link or a file asked for and did not get. */
function LinkNotices() {
  const { store } = useApp();
  const notices = useStore((state) => state.notices);
  return (
    <div class="notice-part" role="alert">
      <p class="notice-text">{notices.join(' ')}</p>
      <button type="button" onClick={() => store.setState({ notices: [] })}>
        {words.dismiss}
      </button>
    </div>
  );
}
