/** Closer, farther, the whole timeline, and what lies evenly on its axis. */
import type { TimelineView } from '../store/app-state.ts';
import * as words from './strings/time.ts';
import { fitted, otherSpacing, zoomed } from './timeline-view.ts';
import { useApp, useStore } from './use-store.ts';

export function TimelineTools() {
  const { store } = useApp();
  const view = useStore((state) => state.timeline);
  const set = (timeline: TimelineView) => store.setState({ timeline });
  const even = view.spacing === 'events';
  return (
    <div class="timeline-tools" role="toolbar" aria-label={words.timeline}>
      <button
        type="button"
        aria-label={words.zoomOut}
        title={words.zoomOutKey}
        onClick={() => set(zoomed(view, 2))}
      >
        −
      </button>
      <button
        type="button"
        aria-label={words.zoomIn}
        title={words.zoomInKey}
        onClick={() => set(zoomed(view, 0.5))}
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
