/**
 * Paints on a plain canvas, for machines whose WebGL is software: there a finished image for each grid
 * is what draws fastest, and none of Pixi is loaded.
 */
import { CellCanvas } from './cell-canvas.ts';
import { GridBase, type GridView } from './grid-view.ts';
import { type Painter, pieces, RING_RADIUS, RING_STROKE, type Sketch } from './painter.ts';
import type { ScenePalette } from './palette.ts';
import type { Box } from './stage.ts';

export async function createPainter(canvas: HTMLCanvasElement): Promise<Painter> {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser gives the page no canvas to draw on');
  return new CanvasPainter(context);
}

class CanvasPainter implements Painter {
  readonly grids = [new ImageGrid(false), new ImageGrid(true)] as const;
  private readonly context: CanvasRenderingContext2D;
  private ratio = 1;

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
  }

  resize(width: number, height: number, ratio: number): void {
    const { canvas } = this.context;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    this.ratio = ratio;
  }

  paint({ lines, rings }: Sketch): void {
    const { context, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    for (const line of lines) {
      context.fillStyle = line.colour;
      for (const { x, length } of pieces(line))
        context.fillRect(x, line.y - line.width / 2, length, line.width);
    }
    for (const grid of this.grids) grid.paint(context);
    context.lineWidth = RING_STROKE;
    for (const { x, y, colour } of rings) {
      context.strokeStyle = colour;
      context.beginPath();
      context.arc(x, y, RING_RADIUS - RING_STROKE / 2, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  destroy(): void {
    // The canvas goes with its element.
  }
}

class ImageGrid extends GridBase implements GridView {
  private readonly cells: CellCanvas;

  constructor(holes: boolean) {
    super();
    this.cells = new CellCanvas(holes);
  }

  show(pages: Uint8Array, box: Box, ratio: number, palette: ScenePalette): void {
    const fit = this.place(pages, box, ratio);
    this.cells.paint(this.states, fit, palette);
  }

  paint(context: CanvasRenderingContext2D): void {
    const { x, y, width, height } = this.bounds;
    if (width === 0) return;
    context.globalAlpha = this.alpha;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.cells.canvas, x, y, width, height);
    context.globalAlpha = 1;
  }
}
