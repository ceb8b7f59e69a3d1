/**
 * A grid painted cell by cell on a canvas of its own, only where something changed. What software
 * renderers draw fastest is one finished image.
 */
import { EMPTY, IN_FLIGHT, MISSING, NOT_SENT, SAME, WRITTEN, ZERO } from '../trace/page-book.ts';
import { type CellLook, heightOf, otherOf, stateOf } from './cell-looks.ts';
import { GLYPH_CELL, type GridFit } from './grid-fit.ts';
import type { ScenePalette } from './palette.ts';

const NOTHING_YET = 0xffff_ffff;

export class CellCanvas {
  readonly canvas = document.createElement('canvas');
  private readonly context = this.canvas.getContext('2d', { alpha: false });
  private painted = new Uint32Array(0);
  private fit: GridFit | undefined;
  private palette: ScenePalette | undefined;
  /** The destination shows the old copy of a page written again as a hole. */
  readonly holes: boolean;

  constructor(holes: boolean) {
    this.holes = holes;
  }

  /** Paints the cells that differ from what stands there; true when there were any. */
  paint(looks: Uint32Array, fit: GridFit, palette: ScenePalette): boolean {
    const { context } = this;
    if (!context) return false;
    if (this.fit !== fit || this.palette !== palette) this.prepare(fit, palette);
    let changed = 0;
    for (let cell = 0; cell < fit.cells; cell++) {
      if (looks[cell] === this.painted[cell]) continue;
      this.painted[cell] = looks[cell];
      this.cell(context, cell, looks[cell], fit, palette);
      changed += 1;
    }
    return changed > 0;
  }

  private prepare(fit: GridFit, palette: ScenePalette): void {
    this.fit = fit;
    this.palette = palette;
    this.canvas.width = fit.width;
    this.canvas.height = fit.height;
    this.painted = new Uint32Array(fit.cells).fill(NOTHING_YET);
    if (!this.context) return;
    this.context.fillStyle = palette.background;
    this.context.fillRect(0, 0, fit.width, fit.height);
  }

  private cell(
    context: CanvasRenderingContext2D,
    index: number,
    look: CellLook,
    fit: GridFit,
    palette: ScenePalette,
  ): void {
    const x = (index % fit.columns) * fit.cell;
    const y = Math.floor(index / fit.columns) * fit.cell;
    const side = fit.cell - fit.gap;
    const state = stateOf(look);
    context.fillStyle = fillOf(state, palette);
    context.fillRect(x, y, side, side);
    if (heightOf(look) > 0) {
      context.fillStyle = fillOf(otherOf(look), palette);
      context.fillRect(x, y, side, side - heightOf(look));
    }
    const edge = Math.max(1, Math.round(side / 14));
    if (state === EMPTY || state === NOT_SENT || state === IN_FLIGHT)
      outline(
        context,
        x,
        y,
        side,
        edge,
        state === NOT_SENT ? palette.line : palette.stroke,
        state === NOT_SENT ? 0.55 : 0.7,
      );
    if (fit.cell >= GLYPH_CELL) this.glyph(context, x, y, side, state, palette);
  }

  private glyph(
    context: CanvasRenderingContext2D,
    x: number,
    y: number,
    side: number,
    state: number,
    palette: ScenePalette,
  ): void {
    const inset = Math.max(1, side * 0.14);
    context.lineWidth = Math.max(1.2, side / 7);
    context.lineCap = 'butt';
    if (state === WRITTEN) {
      context.strokeStyle = palette.slash;
      stroke(context, x + inset, y + side - inset, x + side - inset, y + inset);
      if (this.holes) {
        const hole = Math.max(2, Math.round(side * 0.36));
        const from = Math.round((side - hole) / 2);
        context.fillStyle = palette.background;
        context.fillRect(x + from, y + from, hole, hole);
      }
    } else if (state === MISSING) {
      context.strokeStyle = palette.missingMark;
      stroke(context, x + inset, y + inset, x + side - inset, y + side - inset);
      stroke(context, x + side - inset, y + inset, x + inset, y + side - inset);
    } else if (state === IN_FLIGHT) {
      context.strokeStyle = palette.stroke;
      context.beginPath();
      context.arc(x + side / 2, y + side / 2, side * 0.24, 0, 2 * Math.PI);
      context.stroke();
    } else if (state === ZERO) {
      const dot = Math.max(2, Math.round(side * 0.28));
      const from = Math.round((side - dot) / 2);
      context.fillStyle = palette.background;
      context.fillRect(x + from, y + from, dot, dot);
    }
  }
}

export function fillOf(state: number, palette: ScenePalette): string {
  switch (state) {
    case NOT_SENT:
      return palette.notSent;
    case SAME:
      return palette.same;
    case ZERO:
      return palette.zero;
    case WRITTEN:
      return palette.written;
    case MISSING:
      return palette.missing;
    default:
      return palette.background;
  }
}

function outline(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  side: number,
  width: number,
  colour: string,
  alpha: number,
): void {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(x + width / 2, y + width / 2, side - width, side - width);
  context.globalAlpha = 1;
}

function stroke(
  context: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
