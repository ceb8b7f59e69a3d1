/** The stage on a plain canvas: each grid is one image, in which only changed cells are painted. */
import { ImageGrid } from './image-grid.ts';
import type { ScenePalette } from './palette.ts';
import type { StageLayout } from './stage.ts';
import {
  clearCanvas,
  context2d,
  type PlacedGrids,
  type ShownGrids,
  type Surface,
  sizeCanvas,
} from './surface.ts';

export class CanvasSurface implements Surface {
  readonly renderer = 'canvas';
  private readonly context: CanvasRenderingContext2D;
  private readonly hosts = [new ImageGrid(), new ImageGrid()] as const;

  constructor(canvas: HTMLCanvasElement) {
    this.context = context2d(canvas);
  }

  resize(layout: StageLayout): void {
    sizeCanvas(this.context, layout);
  }

  grids(
    { pages, alpha, destination }: ShownGrids,
    { gridA, gridB, ratio }: StageLayout,
    palette: ScenePalette,
  ): PlacedGrids {
    clearCanvas(this.context, ratio);
    const [a, b] = this.hosts;
    a.show(pages[0], gridA, ratio, palette, destination === 0);
    b.show(pages[1], gridB, ratio, palette, destination === 1);
    a.paintTo(this.context, ratio, alpha[0]);
    b.paintTo(this.context, ratio, alpha[1]);
    return [a.bounds, b.bounds];
  }

  lines(): CanvasRenderingContext2D {
    return this.context;
  }

  /** A plain canvas shows and keeps what was painted. */
  present(): void {}

  destroy(): void {
    this.context.canvas.width = 1;
  }
}
