/** What became of time: it stopped by itself, it shows the past, or a change there discarded the future. */
import * as words from './strings/time.ts';
import { useApp, usePicture, useStore } from './use-store.ts';

export function TimeNotice() {
  const { player, store } = useApp();
  const { now } = usePicture();
  const forked = useStore((state) => state.forked);
  const stoppedAt = useStore((state) => state.stoppedAt);
  const { frontier } = player.history;
  const past = now < frontier;
  if (forked)
    return (
      <div class="notice-part fork">
        <p class="notice-text">{words.changedInThePast(forked.atNs, forked.discardedNs)}</p>
        <button type="button" onClick={() => store.setState({ forked: undefined })}>
          {words.dismiss}
        </button>
      </div>
    );
  if (stoppedAt)
    return <p class="notice-text">{words.stoppedBecause(words.stopReasons[stoppedAt])}</p>;
  return past ? <p class="notice-text">{words.pastIsShown}</p> : null;
}
