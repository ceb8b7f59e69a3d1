/** Closer, farther, the whole timeline, and what lies evenly on its axis. */
import type { TimelineView } from '../store/app-state.ts';
import * as words from './strings/time.ts';
import { zoomByMoment } from './timeline-moves.ts';
import { fitted, otherSpacing } from './timeline-view.ts';
import { useApp, useStore } from './use-store.ts';

export function TimelineTools() {
  const app = useApp();
  const { store } = app;
  const view = useStore((state) => state.timeline);
  const set = (timeline: TimelineView) => store.setState({ timeline });
  const even = view.spacing === 'events';
  return (
    <div class="timeline-tools" role="toolbar" aria-label={words.timeline}>
      <button
        type="button"
        aria-label={words.zoomOut}
        title={words.zoomOutKey}
        onClick={() => zoomByMoment(app, 2)}
      >
        −
      </button>
      <button
        type="button"
        aria-label={words.zoomIn}
        title={words.zoomInKey}
        onClick={() => zoomByMoment(app, 0.5)}
      >
        +
      </button>
      <button
        type="button"
        aria-label={words.fitTimeline}
        title={words.fitKey}
        onClick={() => set(fitted(view))}
      >
        {words.fitLetter}
      </button>
      <button
        type="button"
        aria-pressed={even}
        aria-label={words.evenlySpaced}
        title={words.evenlySpacedKey}
        onClick={() => set(otherSpacing(view))}
      >
        {words.evenLetter}
      </button>
    </div>
  );
}
