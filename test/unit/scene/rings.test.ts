import { describe, expect, it } from 'vitest';
import { Flow } from '../../../src/scene/flow.ts';
import { ringsOnLink, still } from '../../../src/scene/train.ts';
import { packPageDetail } from '../../../src/trace/event.ts';
import { PageBook } from '../../../src/trace/page-book.ts';

const FIRST = packPageDetail(1, 'first', false);
const AGAIN = packPageDetail(2, 'again', false);

/** A book in which one page has arrived after 1,000 ns and `count` more left at moment 2,000. */
function sending(count: number): PageBook {
  const book = new PageBook(64);
  book.apply('sent', 1000, 0, FIRST);
  book.apply('installed', 2000, 0, FIRST);
  for (let gfn = 1; gfn <= count; gfn++) book.apply('sent', 2000, gfn, AGAIN);
  return book;
}

describe('pages on the link', () => {
  it('leave the source one behind the other and arrive together', () => {
    const { flight } = sending(4);
    expect(ringsOnLink(flight, 2000, 10)).toEqual([{ x: 0, reason: 1 }]);
    const half = ringsOnLink(flight, 2500, 10);
    expect(half.length).toBeGreaterThan(1);
    expect(half.map(({ x }) => x)).toEqual(half.map(({ x }) => x).toSorted((a, b) => b - a));
  });

  it('never lie outside the link', () => {
    const { flight } = sending(20);
    for (let now = 2000; now < 4000; now += 50) {
      for (const { x } of ringsOnLink(flight, now, 64)) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(1);
      }
    }
  });

  it('keep to fixed places where no motion is wanted [A6]', () => {
    expect(still(sending(3).flight, 4)).toEqual([
      { x: 0.875, reason: 1 },
      { x: 0.625, reason: 1 },
      { x: 0.375, reason: 1 },
    ]);
  });
});

describe('the sample of a fast link', () => {
  it('sends a ring for the pages since the last one, in the colour of their reason', () => {
    const flow = new Flow();
    const book = sending(20);
    for (let i = 0; i < 4; i++) flow.advance(60, book);
    expect(flow.shown).toHaveLength(1);
    expect(flow.shown[0].reason).toBe(1);
    expect(flow.pagesPerRing).toBe(21);
  });

  it('shows nothing while nothing is sent, and lets what is shown run out', () => {
    const flow = new Flow();
    const book = sending(20);
    for (let i = 0; i < 4; i++) flow.advance(60, book);
    for (let i = 0; i < 40; i++) flow.advance(60, book);
    expect(flow.shown).toEqual([]);
  });

  it('starts afresh with another run', () => {
    const flow = new Flow();
    for (let i = 0; i < 4; i++) flow.advance(60, sending(20));
    flow.advance(60, new PageBook(64));
    expect(flow.shown).toEqual([]);
  });
});
