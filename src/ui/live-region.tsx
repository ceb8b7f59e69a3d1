/** Says aloud what matters: at most one announcement every two seconds while playing, one for each step. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LabEvent } from '../trace/event.ts';
import { announcement, verdictOf } from './strings/sentences.ts';
import { useApp } from './use-store.ts';

const APART_MS = 2000;
/** What came meanwhile is told together, the newest sentences only. */
const SENTENCES = 6;

export function LiveRegion() {
  const { player, store } = useApp();
  const [text, setText] = useState('');
  const state = useRef({
    last: undefined as LabEvent | undefined,
    picture: player.picture,
    waiting: [] as string[],
    at: 0,
    timer: 0,
    reported: false,
  });
  useEffect(() => {
    const speak = () => {
      const { current } = state;
      current.timer = 0;
      current.at = performance.now();
      setText(current.waiting.slice(-SENTENCES).join(' '));
      current.waiting = [];
    };
    const listen = () => {
      const { current } = state;
      const { picture } = player;
      // Another picture: another run, or an earlier moment of this one, whose news are old.
      if (picture !== current.picture)
        Object.assign(current, { picture, last: picture.notes.at(-1), waiting: [] });
      const from = current.last ? picture.notes.lastIndexOf(current.last) + 1 : 0;
      const fresh = picture.notes.slice(from);
      current.last = picture.notes.at(-1);
      if (store.getState().phase === 'opening') return;
      for (const event of fresh) {
        const said = announcement(event);
        if (said !== undefined) current.waiting.push(said);
      }
      const { report } = store.getState();
      // After the events it sums up.
      if (report !== undefined && !current.reported && report.status === 'completed')
        current.waiting.push(verdictOf(report.verification));
      current.reported = report !== undefined;
      if (current.waiting.length === 0 || current.timer !== 0) return;
      const wait = store.getState().playing
        ? Math.max(0, current.at + APART_MS - performance.now())
        : 0;
      current.timer = window.setTimeout(speak, wait);
    };
    const unsubscribe = player.onPicture(listen);
    return () => {
      unsubscribe();
      window.clearTimeout(state.current.timer);
    };
  }, [player, store]);
  return (
    <div class="sr" role="status" aria-live="polite" id="live">
      {text}
    </div>
  );
}
