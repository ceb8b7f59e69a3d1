/** Which pages the lens shows, and where it may lie: beside what it explains, never over it. */
import type { Box } from '../../scene/stage.ts';

/** Cells from this size on, in CSS pixels, are read without a lens. */
export const READABLE_CELL = 10;
const FEWEST = 64;
/** More would be dust again. */
const MOST = 256;
const AWAY = 16;

/** The aligned block of single pages around one, from `first` to before `end`. */
export function lensPages(
  page: number,
  pagesPerCell: number,
  count: number,
): { readonly first: number; readonly end: number } {
  const block = Math.min(MOST, Math.max(FEWEST, pagesPerCell));
  const first = Math.floor(page / block) * block;
  return { first, end: Math.min(count, first + block) };
}

export interface Room {
  readonly width: number;
  readonly height: number;
}

/** To the inner side of the cell, so that no host's lens lies over the page's edge. */
export function lensPlace(
  party: 0 | 1,
  cell: Box,
  lens: Room,
  stage: Room,
): { readonly x: number; readonly y: number } {
  const x = party === 0 ? cell.x + cell.width + AWAY : cell.x - AWAY - lens.width;
  const y = cell.y + cell.height / 2 - lens.height / 2;
  return { x, y: Math.max(4, Math.min(stage.height - lens.height - 4, y)) };
}
