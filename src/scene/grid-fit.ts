/** How many pages a cell stands for, and where the cells lie: whole device pixels, so that none is blurred. */
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
const SMALLEST_CELL = 4;
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
  const cells = Math.max(1, Math.ceil(pages / pagesPerCell));
  const rows = Math.ceil(cells / columns);
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
