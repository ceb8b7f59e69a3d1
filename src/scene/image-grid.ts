/** A grid as one image, for the plain canvas. */
import { CellCanvas } from './cell-canvas.ts';
import { FittedGrid } from './fitted-grid.ts';
import type { ScenePalette } from './palette.ts';
import type { Box } from './stage.ts';

export class ImageGrid extends FittedGrid {
  private cells = new CellCanvas(false);

  show(pages: Uint8Array, box: Box, ratio: number, palette: ScenePalette, holes: boolean): void {
    if (this.cells.holes !== holes) this.cells = new CellCanvas(holes);
    const fit = this.place(pages, box, ratio);
    this.cells.paint(this.looks, fit, palette);
  }

  paintTo(context: CanvasRenderingContext2D, ratio: number, alpha: number): void {
    const { x, y, width, height } = this.bounds;
    if (width <= 0 || height <= 0) return;
    const { canvas } = this.cells;
    context.save();
    // In device pixels, so that no cell is blurred.
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = alpha;
    context.drawImage(canvas, Math.round(x * ratio), Math.round(y * ratio));
    context.restore();
  }
}
