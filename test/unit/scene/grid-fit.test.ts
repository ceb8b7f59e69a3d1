import { describe, expect, it } from 'vitest';
import { fitGrid } from '../../../src/scene/grid-fit.ts';

describe('the fit of a grid', () => {
  it('gives 1,024 pages cells of ten pixels in the room of a small laptop', () => {
    expect(fitGrid(1024, 327, 319)).toMatchObject({
      columns: 32,
      rows: 32,
      cell: 10,
      pagesPerCell: 1,
    });
  });

  it.each([1, 7, 512, 1024, 4096, 16_384, 262_144])('keeps %i pages inside their box', (pages) => {
    const fit = fitGrid(pages, 330, 320);
    expect(fit.width).toBeLessThanOrEqual(330);
    expect(fit.height).toBeLessThanOrEqual(320);
    expect(fit.cell).toBeGreaterThanOrEqual(5);
    expect(fit.cells * fit.pagesPerCell).toBeGreaterThanOrEqual(pages);
    expect(fit.columns * fit.rows).toBeGreaterThanOrEqual(fit.cells);
  });

  it('lets a cell stand for several pages before it becomes dust', () => {
    const fit = fitGrid(16_384, 320, 320);
    expect(fit.pagesPerCell).toBe(4);
    expect(fit.cell).toBe(5);
  });

  it('has an answer for no room and for no pages', () => {
    expect(fitGrid(1024, 0, 0).cell).toBe(1);
    expect(fitGrid(0, 300, 300)).toMatchObject({ cells: 0, rows: 1 });
  });
});
