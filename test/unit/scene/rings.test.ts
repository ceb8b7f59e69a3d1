import { describe, expect, it } from 'vitest';
import { Flow } from '../../../src/scene/flow.ts';
import { FrameMarks } from '../../../src/scene/frame-marks.ts';
import { paintRings } from '../../../src/scene/lines.ts';
import { ringsOnLink, still } from '../../../src/scene/train.ts';
import { packPageDetail } from '../../../src/trace/event.ts';
import { PageBook } from '../../../src/trace/page-book.ts';
import type { Picture } from '../../../src/trace/picture.ts';
import { TOKENS } from '../../../src/ui/tokens.ts';

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

describe('where no motion is wanted', () => {
  const LINK = { x: 382.4, y: 161.3, width: 297.1, height: 31.5 };
  const WIRES = {
    y: 326.5,
    ends: [
      { host: 367, port: 412 },
      { host: 694, port: 650 },
    ],
  } as const;

  /** Records where something is painted. */
  function recorder() {
    const at: number[] = [];
    const context = {
      beginPath() {},
      stroke() {},
      fillRect: (x: number, y: number) => at.push(x, y),
      strokeRect: (x: number, y: number) => at.push(x, y),
      moveTo: (x: number, y: number) => at.push(x, y),
      lineTo: (x: number, y: number) => at.push(x, y),
      arc: (x: number, y: number) => at.push(x, y),
    } as unknown as CanvasRenderingContext2D;
    return { at, context };
  }

  it('rings lie on whole pixels, at the same places in every frame [A6]', () => {
    const places = new Set<number>();
    const { at, context } = recorder();
    for (const count of [1, 3, 7, 20])
      paintRings(context, still(sending(count).flight, 20), LINK, TOKENS.light, true);
    expect(at.length).toBeGreaterThan(40);
    expect(at.filter((one) => !Number.isInteger(one))).toEqual([]);
    for (let i = 0; i < at.length; i += 2) places.add(at[i] ?? 0);
    expect(places.size).toBeLessThanOrEqual(20);
  });

  it('an announcement and a dropped frame stand still as long as they are shown [A6]', () => {
    for (const what of ['announced', 'dropped'] as const) {
      const marks = new FrameMarks();
      const picture = {
        now: 5,
        frames: [{ at: 4, port: 1, what }],
      } as unknown as Picture;
      const painted: number[][] = [];
      for (let i = 0; i < 10; i++) {
        marks.watch(picture, 100, true);
        const { at, context } = recorder();
        marks.paint(context, WIRES, TOKENS.light);
        painted.push(at);
      }
      const [first = []] = painted;
      expect(first.length).toBeGreaterThan(0);
      expect(painted.every((one) => one.join() === first.join())).toBe(true);
      expect(first.filter((one) => !Number.isInteger(one))).toEqual([]);
    }
  });
});
