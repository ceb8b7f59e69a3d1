/**
 * The drawing's one tab stop: a cursor that walks over the pages. Whoever sees it sees a frame in
 * both grids; whoever hears it hears the page's number and state. A click into a grid does the same.
 */

import { useLayoutEffect, useRef } from 'preact/hooks';
import { cellBox } from '../../scene/grid-fit.ts';
import type { PlacedGrid } from '../../store/app-state.ts';
import * as words from '../strings/page-cursor.ts';
import { type App, useApp, usePicture, useStore } from '../use-store.ts';
import { clamped, inspectPage, pageByKey, spotUnder } from './page-cursor-moves.ts';

export function PageCursor() {
  const app = useApp();
  const picture = usePicture();
  const grids = useStore((state) => state.grids);
  const chosen = useStore((state) => state.cursor);
  const inspecting = useStore((state) => state.inspecting);
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => listenToClicks(element.current?.parentElement ?? undefined, app), [app]);
  const { count } = picture.pages;
  const cursor = clamped(chosen, Math.max(1, count));
  return (
    <div
      ref={element}
      id="page-cursor"
      class={inspecting ? 'page-cursor inspecting' : 'page-cursor'}
      role="slider"
      tabIndex={0}
      aria-label={words.pageCursor}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={cursor}
      aria-valuetext={count === 0 ? words.noPagesYet : words.cursorText(picture, cursor)}
      onKeyDown={(event) => onKey(event, app, cursor)}
    >
      {grids?.map((grid, i) => (
        <Mark key={i === 0 ? 'a' : 'b'} grid={grid} page={cursor} />
      ))}
    </div>
  );
}

function Mark({ grid, page }: { readonly grid: PlacedGrid; readonly page: number }) {
  const { x, y, width, height } = cellBox(grid, page);
  // Preact 11 adds no unit to a number.
  const [left, top, w, h] = [x, y, width, height].map((length) => `${length}px`);
  return <span class="mark" style={{ left, top, width: w, height: h }} />;
}

function onKey(event: KeyboardEvent, app: App, cursor: number): void {
  const { store, player } = app;
  const grid = store.getState().grids?.[0];
  const { count } = player.picture.pages;
  if (grid === undefined || count === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.shiftKey) return;
  const page = pageByKey(event.key, cursor, grid, count);
  if (page === undefined && event.key !== 'Enter') return;
  // The arrows are the cursor's here, and not time's.
  event.stopPropagation();
  event.preventDefault();
  if (page === undefined) inspectPage(app, cursor);
  else store.setState({ cursor: page });
}

/** The grids lie behind the words, so the stage itself is listened to. */
function listenToClicks(stage: HTMLElement | undefined, app: App): () => void {
  const click = (event: MouseEvent) => {
    const { target } = event;
    if (!stage || (target instanceof Element && target.closest('button, a'))) return;
    const spot = spotUnder(app, stage, event);
    if (spot) inspectPage(app, spot.page);
  };
  stage?.addEventListener('click', click);
  return () => stage?.removeEventListener('click', click);
}
