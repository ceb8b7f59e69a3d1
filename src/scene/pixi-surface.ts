/**
 * The stage under WebGL: one shaded quad for each grid, and one image above them for wires and rings.
 * Pixi's own shapes are left aside: they would load as much again as all that is used of it.
 */
import { CanvasSource, Container } from 'pixi.js';
import type { ScenePalette } from './palette.ts';
import { Quad } from './quad.ts';
import { ShadedGrid } from './shaded-grid.ts';
import type { StageLayout } from './stage.ts';
import { StageRenderer } from './stage-renderer.ts';
import {
  clearCanvas,
  context2d,
  type PlacedGrids,
  type ShownGrids,
  type Surface,
  sizeCanvas,
} from './surface.ts';

const FRAGMENT = `#version 300 es
precision highp float;
in vec2 vPlace;
out vec4 finalColor;
uniform sampler2D uImage;
uniform float uAlpha;
void main() { finalColor = texture(uImage, vPlace) * uAlpha; }`;

export async function createPixiSurface(
  canvas: HTMLCanvasElement,
  onLost: () => void,
): Promise<Surface> {
  const pixi = new StageRenderer();
  await pixi.init({
    canvas,
    backgroundAlpha: 0,
    antialias: false,
    autoDensity: false,
    // Events, accessibility and the like are the page's own; nothing of Pixi's is wanted.
    skipExtensionImports: true,
    // What is replaced is destroyed at once, so nothing has to be collected, and no clock runs for it.
    gcActive: false,
  });
  return new PixiSurface(pixi, canvas, onLost);
}

class PixiSurface implements Surface {
  readonly renderer = 'webgl';
  private readonly pixi: StageRenderer;
  private readonly canvas: HTMLCanvasElement;
  private readonly onLost: () => void;
  private readonly root = new Container();
  private readonly hosts = [new ShadedGrid(), new ShadedGrid()] as const;
  private readonly above = context2d(document.createElement('canvas'));
  private picture = new CanvasSource({ resource: this.above.canvas });
  private readonly image = new Quad(FRAGMENT, { uImage: this.picture });
  private ratio = 1;

  constructor(pixi: StageRenderer, canvas: HTMLCanvasElement, onLost: () => void) {
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
    const old = this.picture;
    this.picture = new CanvasSource({ resource: this.above.canvas, scaleMode: 'nearest' });
    this.image.shader.resources.uImage = this.picture;
    this.image.scale.set(this.picture.width / ratio, this.picture.height / ratio);
    old.destroy();
  }

  grids(
    { pages, alpha, destination }: ShownGrids,
    { gridA, gridB, ratio }: StageLayout,
    palette: ScenePalette,
  ): PlacedGrids {
    const [a, b] = this.hosts;
    a.show(pages[0], gridA, ratio, palette, destination === 0);
    b.show(pages[1], gridB, ratio, palette, destination === 1);
    a.view.alpha = alpha[0];
    b.view.alpha = alpha[1];
    return [a.bounds, b.bounds];
  }

  lines(): CanvasRenderingContext2D {
    clearCanvas(this.above, this.ratio);
    return this.above;
  }

  present(): void {
    this.picture.update();
    this.pixi.render(this.root);
  }

  destroy(): void {
    this.canvas.removeEventListener('webglcontextrestored', this.onLost);
    for (const grid of this.hosts) grid.destroy();
    this.image.destroy();
    this.picture.destroy();
    this.root.destroy();
    this.pixi.destroy();
  }
}
