/**
 * What a way of drawing can do. What is drawn, and where, is worked out once, in `live-stage.ts`; a
 * painter only puts it on the canvas. All lengths are CSS pixels.
 */
import type { GridView } from './grid-view.ts';

/** Every line of the stage is level. */
export interface Line {
  readonly x: number;
  /** Its middle. */
  readonly y: number;
  readonly length: number;
  readonly width: number;
  readonly colour: string;
  readonly dashed: boolean;
}

/** A page, or several, on the link. */
export interface Ring {
  /** Its centre. */
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

export interface Sketch {
  readonly lines: readonly Line[];
  readonly rings: readonly Ring[];
}

export interface Painter {
  /** Source and destination; what they show is painted with the next sketch. */
  readonly grids: readonly [GridView, GridView];
  /** `ratio`: device pixels for each CSS pixel. */
  resize(width: number, height: number, ratio: number): void;
  paint(sketch: Sketch): void;
  destroy(): void;
}

export const RING_RADIUS = 5.5;
export const RING_STROKE = 2.6;
export const DASH = 5;

/** The pieces of a line: one, or its dashes. */
export function pieces({ x, length, dashed }: Line): { x: number; length: number }[] {
  if (!dashed) return [{ x, length }];
  return Array.from({ length: Math.ceil(length / (2 * DASH)) }, (_, i) => ({
    x: x + 2 * DASH * i,
    length: Math.min(DASH, length - 2 * DASH * i),
  }));
}
