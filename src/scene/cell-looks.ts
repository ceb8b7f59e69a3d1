/**
 * What a cell shows. One that stands for several pages shows two states: the one that most wants to be
 * seen rises from below, as high as its share of the pages; above it stands the most frequent other.
 */
import { PAGE_STATES } from '../trace/page-book.ts';
import type { GridFit } from './grid-fit.ts';

/** Bits 0 to 7: the state most wanted; 8 to 15: the other one; from 16 on: the first one's height in device pixels. */
export type CellLook = number;

export const stateOf = (look: CellLook): number => look & 0xff;
export const otherOf = (look: CellLook): number => (look >>> 8) & 0xff;
/** 0 where there is no other: then it is the whole cell. */
export const heightOf = (look: CellLook): number => look >>> 16;

/** How much each state, in the order of PAGE_STATES, wants to be seen. */
const RANK = [2, 4, 6, 1, 0, 5, 7];

/** Of a cell's pages the first one that is in the state most wanted. */
export function shownPage(pages: Uint8Array, cell: number, pagesPerCell: number): number {
  const first = cell * pagesPerCell;
  const end = Math.min(pages.length, first + pagesPerCell);
  let page = first;
  for (let i = first + 1; i < end; i++) if (RANK[pages[i]] > RANK[pages[page]]) page = i;
  return page;
}

/** `pages`: their states, one byte each. */
export function cellLooks(
  pages: Uint8Array,
  { pagesPerCell, cells, cell, gap }: GridFit,
  into: Uint32Array,
): void {
  if (pagesPerCell === 1) {
    for (let i = 0; i < cells; i++) into[i] = pages[i] * 0x101;
    return;
  }
  const counts = new Uint32Array(PAGE_STATES.length);
  for (let i = 0; i < cells; i++) {
    counts.fill(0);
    const first = i * pagesPerCell;
    const end = Math.min(pages.length, first + pagesPerCell);
    for (let page = first; page < end; page++) counts[pages[page]] += 1;
    into[i] = lookOf(counts, end - first, cell - gap);
  }
}

function lookOf(counts: Uint32Array, pages: number, side: number): CellLook {
  const state = best(counts, (one) => RANK[one]);
  const shown = counts[state];
  if (shown === pages || side < 2) return state * 0x101;
  counts[state] = 0;
  const other = best(counts, (one) => counts[one]);
  // However few or many they are, both are seen.
  const height = Math.min(side - 1, Math.max(1, Math.round((side * shown) / pages)));
  return (height << 16) | (other << 8) | state;
}

/** Of the states that occur, the first with the highest worth. */
function best(counts: Uint32Array, worth: (state: number) => number): number {
  let found = -1;
  for (let state = 0; state < counts.length; state++) {
    if (counts[state] > 0 && (found < 0 || worth(state) > worth(found))) found = state;
  }
  return found;
}
