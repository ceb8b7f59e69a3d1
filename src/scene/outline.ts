/** A line around a run of pages, such as the band to which the guest writes most. */
import type { PlacedGrid } from '../store/app-state.ts';
import type { Point } from './grid-fit.ts';
import type { ScenePalette } from './palette.ts';

/** Of the pages from `first` up to the top of RAM: their cells' corners, in the order of the line. */
export function outlineOf({ x, y, cell, ...grid }: PlacedGrid, first: number): readonly Point[] {
  const { columns, cells } = grid;
  const from = Math.floor(first / grid.pagesPerCell);
  const [top, left] = [Math.floor(from / columns), from % columns];
  const [bottom, right] = [Math.ceil(cells / columns), ((cells - 1) % columns) + 1];
  const inCells: readonly (readonly [number, number])[] =
    bottom - top === 1
      ? [
          [left, top],
          [right, top],
          [right, bottom],
          [left, bottom],
        ]
      : [
          [left, top],
          [columns, top],
          [columns, bottom - 1],
          [right, bottom - 1],
          [right, bottom],
          [0, bottom],
          [0, top + 1],
          [left, top + 1],
        ];
  return inCells.map(([column, row]) => ({ x: x + column * cell, y: y + row * cell }));
}

export function paintOutline(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  palette: ScenePalette,
): void {
  context.beginPath();
  for (const { x, y } of points) context.lineTo(Math.round(x), Math.round(y));
  context.closePath();
  // On a ground of its own, since cells of any colour lie on both sides of it.
  for (const [width, colour] of [
    [4, palette.background],
    [2, palette.text],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}
