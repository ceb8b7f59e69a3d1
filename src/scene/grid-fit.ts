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

/** Where a grid of so many pages lies in its box: centred, on whole device pixels. */
export function placeGrid(pages: number, box: Box, ratio: number): PlacedGrid {
  return placed(fitGrid(pages, box.width * ratio, box.height * ratio), box, ratio);
}

export function placed(fit: GridFit, box: Box, ratio: number): PlacedGrid {
  const { columns, cells, pagesPerCell } = fit;
  const width = fit.width / ratio;
  const height = fit.height / ratio;
  const snap = (value: number) => Math.round(value * ratio) / ratio;
  const x = snap(box.x + (box.width - width) / 2);
  return { x, y: snap(box.y), width, height, cell: fit.cell / ratio, columns, cells, pagesPerCell };
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
