import { describe, expect, it } from 'vitest';
import { packPageDetail } from '../../../src/trace/event.ts';
import { PAGE_STATES, PageBook } from '../../../src/trace/page-book.ts';

const FIRST = packPageDetail(1, 'first', false);
const ZEROS = packPageDetail(1, 'first', true);
const AGAIN = packPageDetail(2, 'again', false);

function states(book: PageBook, gfn: number): string[] {
  return [PAGE_STATES[book.source[gfn]], PAGE_STATES[book.destination[gfn]]];
}

describe('the book of pages', () => {
  it('starts with every page at the source only', () => {
    const book = new PageBook(4);
    expect(states(book, 3)).toEqual(['not-sent', 'empty']);
    expect(book.left).toBe(4);
  });

  it('follows a page over the link', () => {
    const book = new PageBook(4);
    book.apply('sent', 10, 2, FIRST);
    expect(states(book, 2)).toEqual(['in-flight', 'in-flight']);
    book.apply('installed', 20, 2, FIRST);
    expect(states(book, 2)).toEqual(['same', 'same']);
    expect(book.left).toBe(3);
  });

  it('has nothing on the way any more once the migration has failed', () => {
    const book = new PageBook(4);
    book.apply('sent', 10, 0, FIRST);
    book.apply('installed', 20, 0, FIRST);
    book.apply('sent', 30, 0, AGAIN);
    book.apply('sent', 30, 1, ZEROS);
    book.flightLost();
    expect(states(book, 0)).toEqual(['written', 'written']);
    expect(states(book, 1)).toEqual(['not-sent', 'empty']);
    expect(book.left).toBe(4);
    // What comes all the same is taken.
    book.apply('installed', 40, 0, AGAIN);
    expect(states(book, 0)).toEqual(['same', 'same']);
    book.apply('installed', 40, 1, ZEROS);
    expect(states(book, 1)).toEqual(['zero', 'zero']);
  });

  it('tells a page of zeros from a full one', () => {
    const book = new PageBook(4);
    book.apply('sent', 10, 0, ZEROS);
    book.apply('installed', 20, 0, ZEROS);
    expect(states(book, 0)).toEqual(['zero', 'zero']);
    expect(book.zerosSent).toBe(1);
  });

  it('shows a page written after it was sent as old at the destination', () => {
    const book = new PageBook(4);
    book.apply('sent', 10, 1, FIRST);
    book.apply('installed', 20, 1, FIRST);
    book.apply('dirtied', 30, 1, 0);
    expect(states(book, 1)).toEqual(['written', 'written']);
    expect(book.left).toBe(4);
  });

  it('does not trust a copy sent while the page was still marked in the log', () => {
    const book = new PageBook(4);
    book.apply('dirtied', 5, 1, 0);
    book.apply('sent', 10, 1, FIRST);
    book.apply('installed', 20, 1, FIRST);
    expect(states(book, 1)).toEqual(['written', 'written']);
    book.logRead();
    book.apply('sent', 30, 1, AGAIN);
    book.apply('installed', 40, 1, AGAIN);
    expect(states(book, 1)).toEqual(['same', 'same']);
    expect(book.sends[1]).toBe(2);
  });

  it('takes a page written with what was there for the same, unless it was written again', () => {
    const book = new PageBook(4);
    book.apply('sent', 10, 1, FIRST);
    book.apply('installed', 20, 1, FIRST);
    book.apply('dirtied', 30, 1, 0);
    book.logRead();
    book.apply('unchanged', 40, 1, AGAIN);
    expect(states(book, 1)).toEqual(['same', 'same']);
    expect([book.left, book.sends[1], book.pagesSent]).toEqual([3, 1, 1]);
    book.apply('dirtied', 50, 1, 0);
    book.apply('unchanged', 60, 1, AGAIN);
    expect(states(book, 1)).toEqual(['written', 'written']);
  });

  it('marks the page the guest waits for until it arrives', () => {
    const book = new PageBook(4);
    book.apply('missing', 10, 3, 0);
    expect(states(book, 3)).toEqual(['not-sent', 'missing']);
    book.apply('sent', 20, 3, packPageDetail(1, 'demand', false));
    book.apply('installed', 30, 3, packPageDetail(1, 'demand', false));
    expect(states(book, 3)).toEqual(['same', 'same']);
    expect(book.sentBy.demand).toBe(1);
  });

  it('gives everything back to the source when the destination throws its copy away', () => {
    const book = new PageBook(4);
    for (let gfn = 0; gfn < 4; gfn++) {
      book.apply('sent', 10, gfn, FIRST);
      book.apply('installed', 20, gfn, FIRST);
    }
    expect(book.left).toBe(0);
    book.destinationFreed();
    expect(states(book, 0)).toEqual(['not-sent', 'empty']);
    expect(book.left).toBe(4);
    expect(book.emptyAtDestination).toBe(4);
  });

  it('empties the source once its memory is freed', () => {
    const book = new PageBook(2);
    book.apply('sent', 10, 0, FIRST);
    book.apply('installed', 20, 0, FIRST);
    book.sourceFreed();
    expect(states(book, 0)).toEqual(['empty', 'same']);
  });

  it('keeps its tally equal to a count of the pages, whatever happens', () => {
    const book = new PageBook(16);
    const kinds = ['dirtied', 'sent', 'installed', 'missing', 'sent', 'installed'] as const;
    for (let i = 0; i < 500; i++) {
      book.apply(kinds[(i * 7) % kinds.length], i, (i * 5) % 16, i % 3 === 0 ? ZEROS : AGAIN);
      if (i % 40 === 0) book.logRead();
      expect(book.tally.reduce((sum, count) => sum + count, 0)).toBe(16);
    }
    expect(book.emptyAtDestination).toBe(book.destination.filter((state) => state === 0).length);
  });

  it('samples the pages on the link in the order of sending', () => {
    const book = new PageBook(100);
    for (let gfn = 0; gfn < 100; gfn++) book.apply('sent', gfn, gfn, FIRST);
    for (let gfn = 0; gfn < 50; gfn++) book.apply('installed', 200, gfn, FIRST);
    const sample = book.flight.sample(5).map(({ gfn }) => gfn);
    expect(sample).toEqual([50, 60, 70, 80, 90]);
    expect(book.flight.size).toBe(50);
  });
});
