/** One host's page grid, however it is drawn: how its pages fit their box, and the states of its cells. */
import { cellStates, fitGrid, type GridFit, gridBounds } from './grid-fit.ts';
import type { Box } from './stage.ts';

export class FittedGrid {
  /** Where the cells lie, in CSS pixels. */
  bounds: Box = { x: 0, y: 0, width: 0, height: 0 };
  protected states = new Uint8Array(0);
  private fit: GridFit | undefined;
  private key = '';

  protected place(pages: Uint8Array, box: Box, ratio: number): GridFit {
    const key = [pages.length, box.x, box.y, box.width, box.height, ratio].join();
    if (this.fit === undefined || key !== this.key) {
      this.key = key;
      this.fit = fitGrid(pages.length, box.width * ratio, box.height * ratio);
      this.states = new Uint8Array(this.fit.columns * this.fit.rows);
      this.bounds = gridBounds(this.fit, box, ratio);
    }
    cellStates(pages, this.fit, this.states);
    return this.fit;
  }
}
