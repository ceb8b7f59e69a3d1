/** How many pages a cell stands for, and where the cells lie: whole device pixels, so that none is blurred. */
import type { PlacedGrid } from '../store/app-state.ts';
import type { Box } from './stage.ts';

export type Point = Pick<Box, 'x' | 'y'>;

export interface GridFit {
  readonly pages: number;
  readonly pagesPerCell: number;
  readonly cells: number;
  readonly columns: number;
  readonly rows: number;
  /** Side of a cell, its gap included, in device pixels. */
  readonly cell: number;
  readonly gap: number;
  /** Size of the whole grid in device pixels. */
  readonly width: number;
  readonly height: number;
}

/** Smaller cells would be dust: then a cell stands for several pages. */
const SMALLEST_CELL = 5;
/** From this size on a cell carries its glyph. */
export const GLYPH_CELL = 7;

export function fitGrid(pages: number, width: number, height: number): GridFit {
  let pagesPerCell = 1;
  let fit = bestColumns(Math.max(1, pages), width, height);
  while (fit.cell < SMALLEST_CELL && pagesPerCell < pages) {
    pagesPerCell *= 4;
    fit = bestColumns(Math.ceil(pages / pagesPerCell), width, height);
  }
  const { columns, cell } = fit;
  const cells = Math.ceil(pages / pagesPerCell);
  const rows = Math.max(1, Math.ceil(cells / columns));
  const gap = cell >= 6 ? Math.max(1, Math.round(cell / 10)) : cell >= 4 ? 1 : 0;
  return {
    pages,
    pagesPerCell,
    cells,
    columns,
    rows,
    cell,
    gap,
    width: columns * cell - gap,
    height: rows * cell - gap,
  };
}

/** The number of columns, a multiple of 8, that gives the largest cells. */
function bestColumns(
  cells: number,
  width: number,
  height: number,
): { columns: number; cell: number } {
  let best = { columns: 8, cell: 0 };
  for (let columns = 8; columns <= 1024; columns += 8) {
    // The last gap is not drawn.
    const cell = Math.floor(
      Math.min((width + 1) / columns, (height + 1) / Math.ceil(cells / columns)),
    );
    if (cell > best.cell) best = { columns, cell };
  }
  return best.cell > 0 ? best : { columns: Math.max(8, Math.ceil(Math.sqrt(cells))), cell: 1 };
}

/** Where the grid lies in its box: centred, on whole device pixels. */
export function gridBounds(fit: GridFit, box: Box, ratio: number): Box {
  const width = fit.width / ratio;
  const height = fit.height / ratio;
  const snap = (value: number) => Math.round(value * ratio) / ratio;
  return { x: snap(box.x + (box.width - width) / 2), y: snap(box.y), width, height };
}

/** The same as plain numbers, for those who point at cells. */
export function placeGrid(pages: number, box: Box, ratio: number): PlacedGrid {
  const fit = fitGrid(pages, box.width * ratio, box.height * ratio);
  const { x, y } = gridBounds(fit, box, ratio);
  const { columns, cells, pagesPerCell } = fit;
  return { x, y, cell: fit.cell / ratio, columns, cells, pagesPerCell };
}

/** The cell at a point of the stage. */
export function cellAt({ x, y, cell, columns, cells }: PlacedGrid, at: Point): number | undefined {
  const column = Math.floor((at.x - x) / cell);
  const row = Math.floor((at.y - y) / cell);
  if (column < 0 || column >= columns || row < 0) return undefined;
  const index = row * columns + column;
  return index < cells ? index : undefined;
}

/** Where the cell of a page lies. */
export function cellBox({ x, y, cell, columns, pagesPerCell }: PlacedGrid, page: number): Box {
  const index = Math.floor(page / pagesPerCell);
  const left = x + (index % columns) * cell;
  return { x: left, y: y + Math.floor(index / columns) * cell, width: cell, height: cell };
}

/** Of a cell's pages the first one that is in the state the cell shows. */
export function shownPage(pages: Uint8Array, cell: number, pagesPerCell: number): number {
  const first = cell * pagesPerCell;
  const end = Math.min(pages.length, first + pagesPerCell);
  let page = first;
  for (let i = first + 1; i < end; i++) if (RANK[pages[i]] > RANK[pages[page]]) page = i;
  return page;
}

/** What a cell shows when its pages differ: the state that most wants to be seen. */
const RANK = [1, 3, 5, 0, 0, 4, 6];

/** States of the cells, one byte each. */
export function cellStates(
  pages: Uint8Array,
  { pagesPerCell, cells }: GridFit,
  into: Uint8Array,
): void {
  if (pagesPerCell === 1) {
    into.set(pages.subarray(0, cells));
    return;
  }
  for (let cell = 0; cell < cells; cell++) {
    const end = Math.min(pages.length, (cell + 1) * pagesPerCell);
    let state = pages[cell * pagesPerCell];
    for (let page = cell * pagesPerCell + 1; page < end; page++) {
      if (RANK[pages[page]] > RANK[state]) state = pages[page];
    }
    into[cell] = state;
  }
}
