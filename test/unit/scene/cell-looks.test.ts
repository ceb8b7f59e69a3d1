import { describe, expect, it } from 'vitest';
import { cellLooks, heightOf, otherOf, shownPage, stateOf } from '../../../src/scene/cell-looks.ts';
import { fitGrid } from '../../../src/scene/grid-fit.ts';
import {
  EMPTY,
  IN_FLIGHT,
  MISSING,
  NOT_SENT,
  PAGE_STATES,
  SAME,
  WRITTEN,
  ZERO,
} from '../../../src/trace/page-book.ts';

/** One cell of eight pixels and their gap. */
function look(...pages: number[]) {
  const fit = { ...fitGrid(1, 100, 100), pagesPerCell: pages.length, cells: 1, cell: 9, gap: 1 };
  const into = new Uint32Array(1);
  cellLooks(Uint8Array.from(pages), fit, into);
  return { state: stateOf(into[0]), other: otherOf(into[0]), height: heightOf(into[0]) };
}

describe('a cell of several pages', () => {
  it('shows the state that most wants to be seen, as high as its share, below the most frequent other', () => {
    expect(look(SAME, SAME, WRITTEN, SAME)).toEqual({ state: WRITTEN, other: SAME, height: 2 });
    expect(look(WRITTEN, SAME, WRITTEN, ZERO, WRITTEN, WRITTEN, SAME, WRITTEN)).toEqual({
      state: WRITTEN,
      other: SAME,
      height: 5,
    });
    expect(look(NOT_SENT, MISSING, WRITTEN, WRITTEN)).toEqual({
      state: MISSING,
      other: WRITTEN,
      height: 2,
    });
    expect(look(SAME, ZERO, ZERO, ZERO)).toEqual({ state: SAME, other: ZERO, height: 2 });
    expect(look(EMPTY, SAME)).toMatchObject({ state: EMPTY, other: SAME });
    expect(look(NOT_SENT, IN_FLIGHT)).toMatchObject({ state: IN_FLIGHT, other: NOT_SENT });
  });

  it('shows both however few or many they are, and one where there is no other', () => {
    const many = (rest: number, one: number) => look(...Array(63).fill(rest), one);
    expect(many(SAME, WRITTEN)).toMatchObject({ state: WRITTEN, height: 1 });
    expect(many(WRITTEN, SAME)).toMatchObject({ state: WRITTEN, other: SAME, height: 7 });
    for (let state = 0; state < PAGE_STATES.length; state++)
      expect(look(state, state, state, state)).toEqual({ state, other: state, height: 0 });
  });

  it('has fewer pages at the top of RAM, and counts those', () => {
    const fit = { ...fitGrid(1, 100, 100), pagesPerCell: 4, cells: 2, cell: 9, gap: 1 };
    const into = new Uint32Array(2);
    cellLooks(Uint8Array.of(SAME, SAME, SAME, SAME, WRITTEN, SAME), fit, into);
    expect([stateOf(into[1]), otherOf(into[1]), heightOf(into[1])]).toEqual([WRITTEN, SAME, 4]);
  });

  it('leads to the first page that is in the state it shows', () => {
    const pages = Uint8Array.of(ZERO, SAME, ZERO, WRITTEN, WRITTEN);
    expect(shownPage(pages, 0, 3)).toBe(1);
    expect(shownPage(pages, 1, 3)).toBe(3);
  });
});

describe('a cell of one page', () => {
  it('shows its state alone', () => {
    for (let state = 0; state < PAGE_STATES.length; state++)
      expect(look(state)).toEqual({ state, other: state, height: 0 });
  });
});
