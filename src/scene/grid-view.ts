/** One host's page grid on the stage, whichever way it is drawn. */
import { cellStates, fitGrid, type GridFit, gridBounds } from './grid-fit.ts';
import type { ScenePalette } from './palette.ts';
import type { Box } from './stage.ts';

export interface GridView {
  show(pages: Uint8Array, box: Box, ratio: number, palette: ScenePalette): void;
  /** 1: as it is; less: faded. */
  alpha: number;
  /** Where the cells lie, in CSS pixels. */
  readonly bounds: Box;
}

const NOWHERE: Box = { x: 0, y: 0, width: 0, height: 0 };

/** Keeps the fit and the cells' states, which both ways of drawing need. */
export class GridBase {
  bounds = NOWHERE;
  alpha = 1;
  protected fit: GridFit | undefined;
  protected states = new Uint8Array(0);
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
