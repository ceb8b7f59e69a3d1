/** A grid as one shaded quad, where the machine has a real GPU. */
import type { Container } from 'pixi.js';
import { FittedGrid } from './fitted-grid.ts';
import { GridMesh } from './grid-mesh.ts';
import type { ScenePalette } from './palette.ts';
import type { Box } from './stage.ts';

export class ShadedGrid extends FittedGrid {
  private readonly mesh = new GridMesh();

  get view(): Container {
    return this.mesh.view;
  }

  show(pages: Uint8Array, box: Box, ratio: number, palette: ScenePalette, holes: boolean): void {
    const fit = this.place(pages, box, ratio);
    this.mesh.show(this.looks, fit, palette, holes);
    const { x, y, width, height } = this.bounds;
    this.mesh.view.position.set(x, y);
    this.mesh.view.scale.set(width, height);
  }

  destroy(): void {
    this.mesh.destroy();
  }
}
