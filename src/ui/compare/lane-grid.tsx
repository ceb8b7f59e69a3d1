/** Both hosts' pages of one lane, cell by cell; the lane's list of counts says the same in words. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { CellCanvas } from '../../scene/cell-canvas.ts';
import { cellLooks } from '../../scene/cell-looks.ts';
import { fitGrid } from '../../scene/grid-fit.ts';
import type { Lane } from '../../store/compare.ts';
import * as words from '../strings/compare.ts';
import { drawingTokens, onSystemTheme, themeFor } from '../theme.ts';
import { useStore } from '../use-store.ts';

/** Space for one host's grid, in CSS pixels. */
const HEIGHT = 104;

export function LaneGrid({ lane, party }: { readonly lane: Lane; readonly party: 0 | 1 }) {
  const holder = useRef<HTMLDivElement>(null);
  const cells = useRef<CellCanvas | undefined>(undefined);
  const choice = useStore((state) => state.theme);
  const { picture } = lane;
  const arrives = party !== picture.pages.from;
  useLayoutEffect(() => {
    const { current } = holder;
    if (!current) return;
    cells.current = new CellCanvas(arrives);
    // An opaque canvas is black until something is painted on it.
    cells.current.canvas.width = 0;
    current.append(cells.current.canvas);
    return () => cells.current?.canvas.remove();
  }, [arrives]);
  const paint = useRef(() => {});
  paint.current = () => {
    const { current } = holder;
    if (!current || !cells.current || picture.pages.count === 0) return;
    const ratio = Math.min(3, devicePixelRatio || 1);
    const { pages } = picture;
    const fit = fitGrid(pages.count, current.clientWidth * ratio, HEIGHT * ratio);
    const looks = new Uint32Array(fit.cells);
    cellLooks(pages.of(party), fit, looks);
    cells.current.paint(looks, fit, drawingTokens(themeFor(choice)));
    const { style } = cells.current.canvas;
    style.width = `${fit.width / ratio}px`;
    style.height = `${fit.height / ratio}px`;
  };
  useLayoutEffect(() => paint.current());
  useEffect(() => {
    const again = () => paint.current();
    const observer = new ResizeObserver(again);
    if (holder.current) observer.observe(holder.current);
    const forget = onSystemTheme(again);
    return () => {
      observer.disconnect();
      forget();
    };
  }, []);
  return <div class="lane-grid" ref={holder} role="img" aria-label={words.pagesAt('AB'[party])} />;
}
