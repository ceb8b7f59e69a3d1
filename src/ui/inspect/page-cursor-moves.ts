/** Where the page cursor goes, and what opens the inspector. */
import { shownPage } from '../../scene/cell-looks.ts';
import { cellAt } from '../../scene/grid-fit.ts';
import type { PlacedGrid } from '../../store/app-state.ts';
import { type PageBook, WRITTEN } from '../../trace/page-book.ts';
import * as words from '../strings/page-cursor.ts';
import type { App } from '../use-store.ts';

/** Rows that PageUp and PageDown pass over. */
const LEAP_ROWS = 8;

/** The page a key leads to; undefined: the key is not the cursor's. */
export function pageByKey(key: string, from: number, grid: PlacedGrid, pages: number) {
  const row = grid.columns * grid.pagesPerCell;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -row,
    ArrowDown: row,
    PageUp: -LEAP_ROWS * row,
    PageDown: LEAP_ROWS * row,
    Home: -pages,
    End: pages,
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return step === undefined ? undefined : clamped(from + step, pages);
}

export const clamped = (page: number, pages: number): number =>
  Math.max(0, Math.min(pages - 1, page));

/** The next page written again on the way up or down, from the other end when there is none. */
export function nextWritten(
  { source, destination, count }: Pick<PageBook, 'source' | 'destination' | 'count'>,
  from: number,
  step: 1 | -1,
): number | undefined {
  for (let i = 1; i <= count; i++) {
    const page = (((from + step * i) % count) + count) % count;
    if (source[page] === WRITTEN || destination[page] === WRITTEN) return page;
  }
  return undefined;
}

/** Stops time and opens the inspector: nobody can read what changes while it is read. */
export function inspectPage({ player, store }: App, page: number): void {
  const { count } = player.picture.pages;
  if (count === 0) return;
  player.pause();
  store.setState({ cursor: clamped(page, count), inspecting: true });
}

/** Puts the cursor on a page written again; its inspector, if open, follows. */
export function toWritten({ player, store }: App, step: 1 | -1): void {
  const { cursor, notices } = store.getState();
  const page = nextWritten(player.picture.pages, cursor, step);
  if (page === undefined) {
    if (!notices.includes(words.noneWrittenAgain))
      store.setState({ notices: [...notices, words.noneWrittenAgain] });
    return;
  }
  player.pause();
  store.setState({
    cursor: page,
    notices: notices.filter((notice) => notice !== words.noneWrittenAgain),
  });
  if (!store.getState().inspecting) document.getElementById('page-cursor')?.focus();
}

/** A page in one host's grid. */
export interface Spot {
  readonly party: 0 | 1;
  readonly page: number;
}

/** The page under the pointer: of a cell's pages the one that the cell shows. */
export function spotUnder(
  { store, player }: App,
  stage: HTMLElement,
  { clientX, clientY }: MouseEvent,
): Spot | undefined {
  const outer = stage.getBoundingClientRect();
  const at = {
    x: clientX - outer.x - stage.clientLeft,
    y: clientY - outer.y - stage.clientTop,
  };
  const { pages } = player.picture;
  const grids = store.getState().grids ?? [];
  for (const party of [0, 1] as const) {
    const grid = grids[party];
    const cell = grid && cellAt(grid, at);
    if (grid === undefined || cell === undefined) continue;
    return { party, page: shownPage(pages.of(party), cell, grid.pagesPerCell) };
  }
  return undefined;
}
