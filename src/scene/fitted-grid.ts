/** One host's page grid, however it is drawn: how its pages fit their box, and what its cells show. */
import type { PlacedGrid } from '../store/app-state.ts';
import { cellLooks } from './cell-looks.ts';
import { fitGrid, type GridFit, placed } from './grid-fit.ts';
import type { Box } from './stage.ts';

export class FittedGrid {
  /** Where the cells lie. */
  bounds: PlacedGrid = placed(fitGrid(0, 0, 0), { x: 0, y: 0, width: 0, height: 0 }, 1);
  protected looks = new Uint32Array(0);
  private fit: GridFit | undefined;
  private key = '';

  protected place(pages: Uint8Array, box: Box, ratio: number): GridFit {
    const key = [pages.length, box.x, box.y, box.width, box.height, ratio].join();
    if (this.fit === undefined || key !== this.key) {
      this.key = key;
      this.fit = fitGrid(pages.length, box.width * ratio, box.height * ratio);
      this.looks = new Uint32Array(this.fit.columns * this.fit.rows);
      this.bounds = placed(this.fit, box, ratio);
    }
    cellLooks(pages, this.fit, this.looks);
    return this.fit;
  }
}
