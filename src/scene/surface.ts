/** What the stage is drawn on: Pixi's WebGL, or a plain canvas where WebGL would run in software. */
import type { PlacedGrid } from '../store/app-state.ts';
import type { Party } from '../trace/event.ts';
import type { ScenePalette } from './palette.ts';
import type { StageLayout } from './stage.ts';

/** Both hosts' pages, one byte each, how strongly each grid is drawn, and on which the VM arrives. */
export interface ShownGrids {
  readonly pages: readonly [Uint8Array, Uint8Array];
  readonly alpha: readonly [number, number];
  readonly destination: Party;
}

export type PlacedGrids = readonly [PlacedGrid, PlacedGrid];

export interface Surface {
  readonly renderer: 'webgl' | 'canvas';
  resize(layout: StageLayout): void;
  /** Draws both grids, over nothing; says where their cells lie. */
  grids(shown: ShownGrids, layout: StageLayout, palette: ScenePalette): PlacedGrids;
  /** Where wires and rings are painted, above the grids: empty, in CSS pixels. */
  lines(): CanvasRenderingContext2D;
  /** Brings what was drawn to the screen. */
  present(): void;
  destroy(): void;
}

export function context2d(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the browser gives no canvas to draw on');
  return context;
}

/** Sets a canvas to a layout's size in device pixels; later drawing is in CSS pixels. */
export function sizeCanvas(
  context: CanvasRenderingContext2D,
  { width, height, ratio }: StageLayout,
): void {
  context.canvas.width = Math.max(1, Math.round(width * ratio));
  context.canvas.height = Math.max(1, Math.round(height * ratio));
}

export function clearCanvas(context: CanvasRenderingContext2D, ratio: number): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}
