/** What the page knows of the drawing: where things go, what is shown, and how to end it. */
import type { Picture } from '../trace/picture.ts';
import type { ScenePalette } from './palette.ts';

/** In CSS pixels, from the drawing's upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface StageLayout {
  readonly width: number;
  readonly height: number;
  /** Device pixels for each CSS pixel. */
  readonly ratio: number;
  readonly gridA: Box;
  readonly gridB: Box;
  readonly link: Box;
  readonly switchBox: Box;
}

export interface Stage {
  readonly renderer: 'webgl' | 'canvas';
  /** How many pages one ring on the link stands for. */
  readonly pagesPerRing: number;
  layout(layout: StageLayout): void;
  palette(palette: ScenePalette): void;
  /** So many pages, up to the top of RAM, are the working set: a line goes around them. */
  workingSet(pages: number): void;
  /** Draws what changed; true while something is still on its way to its place. */
  draw(picture: Picture, wallMs: number): boolean;
  /** Paints once more what is shown: a canvas can be read only in the task that painted it. */
  repaint(): void;
  destroy(): void;
}

export interface StageOptions {
  readonly canvas: HTMLCanvasElement;
  /** Which renderer to use; undefined: what suits the machine. */
  readonly renderer: 'webgl' | 'canvas' | undefined;
  readonly stillness: boolean;
  /** The picture was lost, with a WebGL context that is back now: it must be drawn again. */
  readonly onLost?: () => void;
}
