/**
 * The lens: where cells are small or stand for several pages, it shows the single pages around the one
 * under the pointer or under the page cursor. Escape puts it away. Those who hear the page have the
 * page cursor's own words.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { CellCanvas } from '../../scene/cell-canvas.ts';
import { cellLooks } from '../../scene/cell-looks.ts';
import { cellBox, fitGrid } from '../../scene/grid-fit.ts';
import { cursorText, pagesFromTo } from '../strings/page-cursor.ts';
import { drawingTokens, onSystemTheme, themeFor } from '../theme.ts';
import { type App, useApp, usePicture, useStore } from '../use-store.ts';
import { lensPages, lensPlace, READABLE_CELL } from './lens-pages.ts';
import { type Spot, spotUnder } from './page-cursor-moves.ts';
import './lens.css';

/** Side of the magnified block, and the whole lens with its words, in CSS pixels. */
const SIDE = 128;
const LENS = { width: 146, height: 204 };
/** In a hall, with its larger words. */
const HALL = { width: 264, height: 268 };

interface LensProps {
  readonly stage: { readonly current: HTMLElement | null };
  /** What the lens was loaded for. */
  readonly first: Event;
}

export function Lens({ stage, first: cause }: LensProps) {
  const app = useApp();
  const picture = usePicture();
  const grids = useStore((state) => state.grids);
  const cursor = useStore((state) => state.cursor);
  const size = useStore((state) => (state.mode === 'present' ? HALL : LENS));
  const [pointed, setPointed] = useState(() =>
    stage.current && cause instanceof PointerEvent && cause.pointerType !== 'touch'
      ? spotUnder(app, stage.current, cause)
      : undefined,
  );
  const [focused, setFocused] = useState(false);
  useEffect(
    () => (stage.current ? watch(stage.current, app, setPointed, setFocused) : undefined),
    [stage, app],
  );
  const { count } = picture.pages;
  const spot = pointed ?? (focused ? { party: 0 as const, page: cursor } : undefined);
  if (!spot || !grids || !stage.current || count === 0 || spot.page >= count) return null;
  const grid = grids[spot.party];
  if (grid.cell >= READABLE_CELL && grid.pagesPerCell === 1) return null;
  const { clientWidth: width, clientHeight: height } = stage.current;
  const { x, y } = lensPlace(spot.party, cellBox(grid, spot.page), size, { width, height });
  const { first, end } = lensPages(spot.page, grid.pagesPerCell, count);
  return (
    <div
      class="lens"
      aria-hidden="true"
      style={{
        left: `${x}px`,
        // Not over the hosts' names, which a phone has right above the grid.
        top: `${Math.max(y, grid.y)}px`,
        width: `${size.width}px`,
        height: `${size.height}px`,
      }}
    >
      <Block spot={spot} first={first} end={end} />
      <p class="aside">{pagesFromTo(first, end - 1)}</p>
      <p>{cursorText(picture, spot.page)}</p>
    </div>
  );
}

function Block({
  spot,
  first,
  end,
}: {
  readonly spot: Spot;
  readonly first: number;
  readonly end: number;
}) {
  const { pages } = usePicture();
  const theme = useStore((state) => state.theme);
  const holder = useRef<HTMLDivElement>(null);
  const cells = useRef<CellCanvas | undefined>(undefined);
  const [, repaint] = useState(0);
  useEffect(() => onSystemTheme(() => repaint((n) => n + 1)), []);
  const ratio = Math.min(3, devicePixelRatio || 1);
  const { party, page } = spot;
  useLayoutEffect(() => {
    const canvas = new CellCanvas(party !== pages.from);
    cells.current = canvas;
    holder.current?.prepend(canvas.canvas);
    return () => canvas.canvas.remove();
  }, [party, pages.from]);
  const fit = fitGrid(end - first, SIDE * ratio, SIDE * ratio);
  useLayoutEffect(() => {
    const states = pages.of(party).subarray(first, end);
    const looks = new Uint32Array(fit.cells);
    cellLooks(states, fit, looks);
    cells.current?.paint(looks, fit, drawingTokens(themeFor(theme)));
    if (cells.current) cells.current.canvas.style.width = `${fit.width / ratio}px`;
  });
  const mark = cellBox({ ...fit, x: 0, y: 0, cell: fit.cell / ratio }, page - first);
  return (
    <div class="lens-block" ref={holder} style={{ height: `${SIDE}px` }}>
      <span
        class="lens-mark"
        style={{
          left: `${mark.x}px`,
          top: `${mark.y}px`,
          width: `${mark.width - fit.gap / ratio}px`,
          height: `${mark.height - fit.gap / ratio}px`,
        }}
      />
    </div>
  );
}

/** Follows the pointer over the grids, and the page cursor's focus; returns how to stop. */
function watch(
  stage: HTMLElement,
  app: App,
  point: (spot: Spot | undefined) => void,
  focus: (on: boolean) => void,
): () => void {
  const cursor = stage.querySelector('#page-cursor');
  const hasFocus = () => focus(cursor?.matches(':focus-visible') ?? false);
  const move = (event: PointerEvent) => {
    if (event.pointerType !== 'touch') point(spotUnder(app, stage, event));
  };
  const leave = () => point(undefined);
  const away = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return hasFocus();
    point(undefined);
    focus(false);
  };
  stage.addEventListener('pointermove', move);
  stage.addEventListener('pointerleave', leave);
  stage.addEventListener('focusin', hasFocus);
  stage.addEventListener('focusout', hasFocus);
  addEventListener('keydown', away);
  hasFocus();
  return () => {
    stage.removeEventListener('pointermove', move);
    stage.removeEventListener('pointerleave', leave);
    stage.removeEventListener('focusin', hasFocus);
    stage.removeEventListener('focusout', hasFocus);
    removeEventListener('keydown', away);
  };
}
