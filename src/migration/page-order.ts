/**
 * In which order pending pages are sent. By address, going on from the last page asked for, as
 * QEMU does; or like bubbles around the last few pages asked for, the pivots (Hines and Gopalan,
 * VEE 2009, §3.2), which take turns and each grow on both sides, or upwards only. Or scattered, in
 * pseudo-random order (Clark et al., NSDI 2005, §5.2): pages that are written together lie together,
 * and a scan by address would look at a whole cluster in the moment before it is written.
 */
import { hasPage, nextPage, type PageSet, previousPage } from './page-set.ts';

/** A bubble: everything between its edges that was pending has gone. */
export interface Bubble {
  /** The next page above is here or higher. */
  up: number;
  /** The next page below is here or lower. */
  down: number;
  upwards: boolean;
}

export interface PageOrder {
  /** Where the scan by address goes on. */
  cursor: number;
  /** Where the scattered scan is; undefined: by address. */
  walk: number | undefined;
  /** How many bubbles there may be; 0: by address. */
  pivots: number;
  forward: boolean;
  /** The oldest first. */
  bubbles: Bubble[];
  /** Whose turn it is. */
  turn: number;
}

export function byAddress(): PageOrder {
  return { cursor: 0, walk: undefined, pivots: 0, forward: false, bubbles: [], turn: 0 };
}

/** The generator goes on from round to round, so that no two of them have one order. */
export function scattered({ walk = 0 }: PageOrder): PageOrder {
  return { ...byAddress(), walk };
}

export function around(pivots: number, forward: boolean): PageOrder {
  return { ...byAddress(), pivots, forward, bubbles: [], turn: 0 };
}

/** This page was asked for, and has gone: the push goes on from here. */
export function addPivot(order: PageOrder, frame: number): void {
  order.cursor = frame + 1;
  if (order.pivots === 0) return;
  order.bubbles.push({ up: frame + 1, down: frame - 1, upwards: true });
  if (order.bubbles.length > order.pivots) order.bubbles.shift();
  order.turn = order.bubbles.length - 1;
}

/** The page to go next; undefined when none is pending. The caller takes it out of `pending`. */
export function takeNext(order: PageOrder, pending: PageSet): number | undefined {
  for (let tried = 0; tried < order.bubbles.length; tried++) {
    const bubble = order.bubbles[order.turn % order.bubbles.length];
    order.turn = (order.turn + 1) % order.bubbles.length;
    const frame = grow(bubble, pending, order.forward);
    if (frame !== undefined) return frame;
  }
  if (order.walk !== undefined) return walkOn(order, order.walk, pending);
  const frame = nextPage(pending, order.cursor) ?? nextPage(pending, 0);
  if (frame !== undefined) order.cursor = frame + 1;
  return frame;
}

/**
 * Numerical Recipes' linear congruential generator, modulo the next power of two: by the theorem of
 * Hull and Dobell it comes by every frame once before it begins again.
 */
function walkOn(order: PageOrder, from: number, pending: PageSet): number | undefined {
  if (pending.count === 0) return undefined;
  let range = 1;
  while (range < pending.pages) range *= 2;
  let at = from;
  do at = (Math.imul(at, 1_664_525) + 1_013_904_223) & (range - 1);
  while (!hasPage(pending, at));
  order.walk = at;
  return at;
}

function grow(bubble: Bubble, pending: PageSet, forward: boolean): number | undefined {
  const above = nextPage(pending, bubble.up);
  const below = forward ? undefined : previousPage(pending, bubble.down);
  const up = above !== undefined && (bubble.upwards || below === undefined);
  bubble.upwards = !up;
  if (up) bubble.up = above + 1;
  else if (below !== undefined) bubble.down = below - 1;
  return up ? above : below;
}
