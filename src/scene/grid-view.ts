/** One host's page grid on the stage: one image, or one shaded quad where the machine has a real GPU. */
import { CanvasSource, type Container, Sprite, Texture } from 'pixi.js';
import { CellCanvas } from './cell-canvas.ts';
import { cellStates, fitGrid, type GridFit, gridBounds } from './grid-fit.ts';
import { GridMesh } from './grid-mesh.ts';
import type { ScenePalette } from './palette.ts';
import type { Box } from './stage.ts';

export interface GridView {
  readonly view: Container;
  /** Shows `pages`; true when something changed. */
  show(pages: Uint8Array, box: Box, ratio: number, palette: ScenePalette): boolean;
  /** Where the cells lie, in CSS pixels. */
  readonly bounds: Box;
  destroy(): void;
}

const NOWHERE: Box = { x: 0, y: 0, width: 0, height: 0 };

/** Keeps the fit and the cells' states, which both ways of drawing need. */
class GridBase {
  bounds = NOWHERE;
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

export class ImageGrid extends GridBase implements GridView {
  readonly view = new Sprite();
  private readonly cells: CellCanvas;
  private source: CanvasSource | undefined;

  constructor(holes: boolean) {
    super();
    this.cells = new CellCanvas(holes);
  }

  show(pages: Uint8Array, box: Box, ratio: number, palette: ScenePalette): boolean {
    const before = this.fit;
    const fit = this.place(pages, box, ratio);
    const changed = this.cells.paint(this.states, fit, palette);
    if (fit !== before || this.source === undefined) this.renew();
    else if (changed) this.source.update();
    const { x, y, width, height } = this.bounds;
    this.view.position.set(x, y);
    this.view.setSize(width, height);
    return changed || fit !== before;
  }

  destroy(): void {
    this.view.destroy({ texture: true, textureSource: true });
  }

  private renew(): void {
    const old = this.view.texture;
    this.source = new CanvasSource({ resource: this.cells.canvas, scaleMode: 'nearest' });
    this.view.texture = new Texture({ source: this.source });
    if (old !== Texture.EMPTY) old.destroy(true);
  }
}

export class ShadedGrid extends GridBase implements GridView {
  private readonly mesh: GridMesh;

  constructor(holes: boolean) {
    super();
    this.mesh = new GridMesh(holes);
  }

  get view(): Container {
    return this.mesh.view;
  }

  show(pages: Uint8Array, box: Box, ratio: number, palette: ScenePalette): boolean {
    const before = this.fit;
    const fit = this.place(pages, box, ratio);
    const changed = this.mesh.show(this.states, fit, palette);
    const { x, y, width, height } = this.bounds;
    this.mesh.view.position.set(x, y);
    this.mesh.view.scale.set(width, height);
    return changed || fit !== before;
  }

  destroy(): void {
    this.mesh.destroy();
  }
}
