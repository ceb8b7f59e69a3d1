/**
 * The stage under WebGL: one shaded quad for each grid, and one image above them for wires and rings.
 * Pixi's own shapes are left aside: they would load as much again as all that is used of it.
 */
import 'pixi.js/unsafe-eval';
import { CanvasSource, Container, Sprite, Texture, WebGLRenderer } from 'pixi.js';
import type { ScenePalette } from './palette.ts';
import { ShadedGrid } from './shaded-grid.ts';
import type { Box, StageLayout } from './stage.ts';
import { clearCanvas, context2d, type ShownGrids, type Surface, sizeCanvas } from './surface.ts';

export async function createPixiSurface(
  canvas: HTMLCanvasElement,
  onLost: () => void,
): Promise<Surface> {
  const pixi = new WebGLRenderer();
  await pixi.init({
    canvas,
    backgroundAlpha: 0,
    antialias: false,
    autoDensity: false,
    // Events, accessibility and the like are the page's own; nothing of Pixi's is wanted.
    skipExtensionImports: true,
  });
  return new PixiSurface(pixi, canvas, onLost);
}

class PixiSurface implements Surface {
  readonly renderer = 'webgl';
  private readonly pixi: WebGLRenderer;
  private readonly canvas: HTMLCanvasElement;
  private readonly onLost: () => void;
  private readonly root = new Container();
  private readonly hosts = [new ShadedGrid(false), new ShadedGrid(true)] as const;
  private readonly above = context2d(document.createElement('canvas'));
  private readonly image = new Sprite();
  private ratio = 1;

  constructor(pixi: WebGLRenderer, canvas: HTMLCanvasElement, onLost: () => void) {
    this.pixi = pixi;
    this.canvas = canvas;
    this.onLost = onLost;
    this.root.addChild(this.hosts[0].view, this.hosts[1].view, this.image);
    // After Pixi's own listener, which makes its resources anew.
    canvas.addEventListener('webglcontextrestored', onLost);
  }

  resize(layout: StageLayout): void {
    const { width, height, ratio } = layout;
    this.pixi.resize(width, height, ratio);
    this.ratio = ratio;
    sizeCanvas(this.above, layout);
    this.dropImage();
    const source = new CanvasSource({ resource: this.above.canvas, scaleMode: 'nearest' });
    this.image.texture = new Texture({ source });
    this.image.setSize(source.width / ratio, source.height / ratio);
  }

  grids(
    { pages, alpha }: ShownGrids,
    { gridA, gridB, ratio }: StageLayout,
    palette: ScenePalette,
  ): readonly [Box, Box] {
    const [a, b] = this.hosts;
    a.show(pages[0], gridA, ratio, palette);
    b.show(pages[1], gridB, ratio, palette);
    a.view.alpha = alpha[0];
    b.view.alpha = alpha[1];
    return [a.bounds, b.bounds];
  }

  lines(): CanvasRenderingContext2D {
    clearCanvas(this.above, this.ratio);
    return this.above;
  }

  present(): void {
    this.image.texture.source.update();
    this.pixi.render(this.root);
  }

  destroy(): void {
    this.canvas.removeEventListener('webglcontextrestored', this.onLost);
    for (const grid of this.hosts) grid.destroy();
    this.dropImage();
    this.root.destroy({ children: true });
    this.pixi.destroy();
  }

  private dropImage(): void {
    if (this.image.texture !== Texture.EMPTY) this.image.texture.destroy(true);
    this.image.texture = Texture.EMPTY;
  }
}
