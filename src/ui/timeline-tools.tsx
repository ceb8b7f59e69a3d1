/** Closer, farther, the whole timeline, and what lies evenly on its axis. */
import type { TimelineView } from '../store/app-state.ts';
import { fitted, otherSpacing, zoomed } from './timeline-view.ts';
import { useApp, useStore } from './use-store.ts';

export function TimelineTools() {
  const { store } = useApp();
  const view = useStore((state) => state.timeline);
  const set = (timeline: TimelineView) => store.setState({ timeline });
  const even = view.spacing === 'events';
  return (
    <div class="timeline-tools" role="toolbar" aria-label="Timeline">
      <button
        type="button"
        aria-label="Zoom out"
        title="Zoom out (S)"
        onClick={() => set(zoomed(view, 2))}
      >
        −
      </button>
      <button
        type="button"
        aria-label="Zoom in"
        title="Zoom in (W)"
        onClick={() => set(zoomed(view, 0.5))}
      >
        +
      </button>
      <button
        type="button"
        aria-label="Fit the whole timeline"
        title="Fit (F)"
        onClick={() => set(fitted(view))}
      >
        F
      </button>
      <button
        type="button"
        aria-pressed={even}
        aria-label="Events evenly spaced"
        title="Equal room for every event (E)"
        onClick={() => set(otherSpacing(view))}
      >
        E
      </button>
    </div>
  );
}
