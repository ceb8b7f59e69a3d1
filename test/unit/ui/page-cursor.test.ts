import { describe, expect, it } from 'vitest';
import { shownPage } from '../../../src/scene/cell-looks.ts';
import { cellAt, cellBox, placeGrid } from '../../../src/scene/grid-fit.ts';
import { MISSING, SAME, WRITTEN } from '../../../src/trace/page-book.ts';
import { hexRows } from '../../../src/ui/inspect/hex-view.tsx';
import { lensPages, lensPlace } from '../../../src/ui/inspect/lens-pages.ts';
import { nextWritten, pageByKey } from '../../../src/ui/inspect/page-cursor-moves.ts';

const BOX = { x: 17, y: 40, width: 327, height: 319 };

describe('pointing at a cell', () => {
  it.each([1, 1.5, 2])('finds the page again at %s device pixels per CSS pixel', (ratio) => {
    const grid = placeGrid(1024, BOX, ratio);
    for (const page of [0, 31, 32, 700, 1023]) {
      const { x, y, width, height } = cellBox(grid, page);
      expect(cellAt(grid, { x: x + width / 2, y: y + height / 2 })).toBe(page);
    }
  });

  it('finds nothing beside the grid and after its last cell', () => {
    const grid = placeGrid(1000, BOX, 1);
    expect(cellAt(grid, { x: grid.x - 1, y: grid.y + 1 })).toBeUndefined();
    expect(cellAt(grid, { x: grid.x + 1, y: grid.y - 1 })).toBeUndefined();
    expect(cellAt(grid, { x: grid.x + grid.columns * grid.cell + 1, y: 60 })).toBeUndefined();
    const after = cellBox(grid, 1000);
    expect(cellAt(grid, { x: after.x + 1, y: after.y + 1 })).toBeUndefined();
  });

  it('takes of several pages the one that the cell shows', () => {
    const pages = Uint8Array.of(SAME, SAME, WRITTEN, WRITTEN, MISSING, SAME, SAME, SAME);
    expect(shownPage(pages, 0, 4)).toBe(2);
    expect(shownPage(pages, 1, 4)).toBe(4);
  });
});

describe('the page cursor', () => {
  const grid = placeGrid(1024, BOX, 1);

  it('walks by pages, rows and to the ends, and never out of memory [A3]', () => {
    expect(pageByKey('ArrowRight', 5, grid, 1024)).toBe(6);
    expect(pageByKey('ArrowDown', 5, grid, 1024)).toBe(37);
    expect(pageByKey('ArrowUp', 5, grid, 1024)).toBe(0);
    expect(pageByKey('End', 5, grid, 1024)).toBe(1023);
    expect(pageByKey('PageDown', 1020, grid, 1024)).toBe(1023);
    expect(pageByKey('x', 5, grid, 1024)).toBeUndefined();
    expect(pageByKey('constructor', 5, grid, 1024)).toBeUndefined();
  });

  it('goes to the next page written again, on either host, and round the end [A3]', () => {
    const source = Uint8Array.of(SAME, WRITTEN, SAME, SAME);
    const destination = Uint8Array.of(SAME, SAME, SAME, WRITTEN);
    const pages = { source, destination, count: 4 };
    expect(nextWritten(pages, 0, 1)).toBe(1);
    expect(nextWritten(pages, 1, 1)).toBe(3);
    expect(nextWritten(pages, 3, 1)).toBe(1);
    expect(nextWritten(pages, 1, -1)).toBe(3);
    const none = { ...pages, source: new Uint8Array(4), destination: new Uint8Array(4) };
    expect(nextWritten(none, 0, 1)).toBeUndefined();
  });
});

describe('a page’s bytes', () => {
  it('are rows of eight, those like the row above left out, differing bytes marked', () => {
    const bytes = new Uint8Array(4096);
    bytes.set([0x48, 0x69], 16);
    const other = bytes.slice();
    other[17] = 0;
    const rows = hexRows(bytes, other);
    expect(rows.map(({ offset, repeated }) => [offset, repeated])).toEqual([
      [0, false],
      [8, true],
      [16, false],
      [24, false],
      [32, true],
    ]);
    expect(rows[2]?.runs.filter(({ differs }) => differs)).toEqual([
      { at: 1, text: '69', differs: true },
    ]);
    expect(rows[2]?.plain).toBe('Hi......');
  });

  it('are never left out where the hosts differ', () => {
    const other = new Uint8Array(4096);
    other[4000] = 1;
    const marked = hexRows(new Uint8Array(4096), other).filter(({ runs }) =>
      runs.some(({ differs }) => differs),
    );
    expect(marked.map(({ offset }) => offset)).toEqual([4000]);
  });
});

describe('the lens', () => {
  it('shows every page singly, at least the cell’s own, up to 256 of them', () => {
    expect(lensPages(922, 1, 1024)).toEqual({ first: 896, end: 960 });
    expect(lensPages(70, 64, 262_144)).toEqual({ first: 64, end: 128 });
    expect(lensPages(262_143, 1024, 262_144)).toEqual({ first: 261_888, end: 262_144 });
    expect(lensPages(99, 4, 100)).toEqual({ first: 64, end: 100 });
  });

  it('lies beside its cell on the stage, in either host and at every edge', () => {
    const lens = { width: 146, height: 204 };
    for (const stage of [
      { width: 1034, height: 366 },
      { width: 368, height: 420 },
    ]) {
      const side = stage.width / 2 - 40;
      for (const party of [0, 1] as const) {
        const left = party === 0 ? 10 : stage.width - 10 - side;
        for (const cell of [
          { x: left, y: 40, width: 5, height: 5 },
          { x: left + side - 5, y: 200, width: 5, height: 5 },
        ]) {
          const { x, y } = lensPlace(party, cell, lens, stage);
          expect(x >= cell.x + cell.width || x + lens.width <= cell.x).toBe(true);
          expect([x, y].every((place) => place >= 0)).toBe(true);
          expect(x + lens.width).toBeLessThanOrEqual(stage.width);
          expect(y + lens.height).toBeLessThanOrEqual(stage.height);
        }
      }
    }
  });
});
