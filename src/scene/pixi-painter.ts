/**
 * Paints with Pixi on WebGL: each grid is one shaded quad; lines and rings are sprites of two small
 * textures, tinted. Of Pixi only this much is loaded: its `Graphics` alone would be a third more.
 */
import 'pixi.js/unsafe-eval';
import { CanvasSource, Container, Sprite, Texture, WebGLRenderer } from 'pixi.js';
import { GridMesh } from './grid-mesh.ts';
import { GridBase, type GridView } from './grid-view.ts';
import { type Painter, pieces, RING_RADIUS, RING_STROKE, type Sketch } from './painter.ts';
import type { ScenePalette } from './palette.ts';
import type { Box } from './stage.ts';

export async function createPainter(canvas: HTMLCanvasElement): Promise<Painter> {
  const renderer = new WebGLRenderer();
  await renderer.init({
    canvas,
    backgroundAlpha: 0,
    antialias: true,
    autoDensity: false,
    // Events, accessibility and the like are the page's own; nothing of Pixi's is wanted.
    skipExtensionImports: true,
  });
  return new PixiPainter(renderer);
}

class PixiPainter implements Painter {
  readonly grids = [new ShadedGrid(false), new ShadedGrid(true)] as const;
  private readonly renderer: WebGLRenderer;
  private readonly root = new Container();
  private readonly lines = new SpritePool(Texture.WHITE);
  private rings = new SpritePool(ringTexture(1));
  private ratio = 1;

  constructor(renderer: WebGLRenderer) {
    this.renderer = renderer;
    const [a, b] = this.grids;
    this.root.addChild(this.lines.view, a.view, b.view, this.rings.view);
  }

  resize(width: number, height: number, ratio: number): void {
    this.renderer.resize(width, height, ratio);
    if (ratio === this.ratio) return;
    this.ratio = ratio;
    this.rings.texture.destroy(true);
    this.rings.view.destroy({ children: true });
    this.rings = new SpritePool(ringTexture(ratio));
    this.root.addChild(this.rings.view);
  }

  paint({ lines, rings }: Sketch): void {
    this.lines.begin();
    for (const line of lines)
      for (const { x, length } of pieces(line))
        this.lines.put(x, line.y - line.width / 2, length, line.width, line.colour);
    this.lines.end();
    this.rings.begin();
    for (const { x, y, colour } of rings)
      this.rings.put(x - RING_RADIUS, y - RING_RADIUS, 2 * RING_RADIUS, 2 * RING_RADIUS, colour);
    this.rings.end();
    this.renderer.render(this.root);
  }

  destroy(): void {
    for (const grid of this.grids) grid.destroy();
    this.rings.texture.destroy(true);
    this.root.destroy({ children: true });
    this.renderer.destroy();
  }
}

/** Sprites of one texture that are used again from one painting to the next. */
class SpritePool {
  readonly view = new Container();
  readonly texture: Texture;
  private readonly sprites: Sprite[] = [];
  private used = 0;

  constructor(texture: Texture) {
    this.texture = texture;
  }

  begin(): void {
    this.used = 0;
  }

  put(x: number, y: number, width: number, height: number, colour: string): void {
    const sprite = this.sprites[this.used] ?? this.add();
    this.used += 1;
    sprite.visible = true;
    sprite.position.set(x, y);
    sprite.setSize(width, height);
    sprite.tint = colour;
  }

  end(): void {
    for (const sprite of this.sprites.slice(this.used)) sprite.visible = false;
  }

  private add(): Sprite {
    const sprite = new Sprite(this.texture);
    this.sprites.push(sprite);
    this.view.addChild(sprite);
    return sprite;
  }
}

/** A white ring in device pixels. */
function ringTexture(ratio: number): Texture {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(2 * RING_RADIUS * ratio);
  canvas.height = canvas.width;
  const context = canvas.getContext('2d');
  if (context) {
    context.scale(canvas.width / (2 * RING_RADIUS), canvas.height / (2 * RING_RADIUS));
    context.strokeStyle = '#ffffff';
    context.lineWidth = RING_STROKE;
    context.arc(RING_RADIUS, RING_RADIUS, RING_RADIUS - RING_STROKE / 2, 0, 2 * Math.PI);
    context.stroke();
  }
  return new Texture({ source: new CanvasSource({ resource: canvas }) });
}

class ShadedGrid extends GridBase implements GridView {
  private readonly mesh: GridMesh;

  constructor(holes: boolean) {
    super();
    this.mesh = new GridMesh(holes);
  }

  get view(): Container {
    return this.mesh.view;
  }

  show(pages: Uint8Array, box: Box, ratio: number, palette: ScenePalette): void {
    const fit = this.place(pages, box, ratio);
    this.mesh.show(this.states, fit, palette);
    const { x, y, width, height } = this.bounds;
    this.mesh.view.position.set(x, y);
    this.mesh.view.scale.set(width, height);
    this.mesh.view.alpha = this.alpha;
  }

  destroy(): void {
    this.mesh.destroy();
  }
}
