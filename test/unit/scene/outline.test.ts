import { describe, expect, it } from 'vitest';
import { cellBox, placeGrid } from '../../../src/scene/grid-fit.ts';
import { outlineOf } from '../../../src/scene/outline.ts';

const BOX = { x: 20, y: 10, width: 320, height: 320 };

/** Is a point inside the line? By how often a ray to the right crosses it. */
function inside(points: ReturnType<typeof outlineOf>, x: number, y: number): boolean {
  let crossings = 0;
  points.forEach((from, i) => {
    const to = points[(i + 1) % points.length];
    if (from.y > y !== to.y > y && from.x > x) crossings += 1;
  });
  return crossings % 2 === 1;
}

describe('the line around pages up to the top of RAM', () => {
  it.each([
    ['a few in the last row', 1024, 1020],
    ['whole rows', 1024, 640],
    ['a band that begins inside a row', 1024, 717],
    ['all of them', 1024, 0],
    ['of a memory whose last row is short', 1000, 700],
    ['the last of them', 1000, 999],
    ['in two rows that do not touch', 1000, 991],
    ['of cells of several pages', 16_384, 11_470],
  ])('holds their cells and no other: %s', (_, pages, first) => {
    const grid = placeGrid(pages, BOX, 1);
    const line = outlineOf(grid, first);
    const firstCell = Math.floor(first / grid.pagesPerCell);
    for (let cell = 0; cell < grid.cells; cell++) {
      const { x, y, width, height } = cellBox(grid, cell * grid.pagesPerCell);
      expect(inside(line, x + width / 2, y + height / 2), `cell ${cell}`).toBe(cell >= firstCell);
    }
  });
});
