/**
 * Last contents of pages that were sent again, to send differences against (QEMU page_cache.c):
 * direct-mapped, and a page that was put in less than two rounds ago keeps its place.
 */

const LIFETIME_ROUNDS = 2;

interface CachedPage {
  readonly frame: number;
  readonly round: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Plain data: a slot is empty or holds one page. */
export type PageCache = (CachedPage | undefined)[];

export function newPageCache(pages: number): PageCache {
  return new Array<CachedPage | undefined>(pages).fill(undefined);
}

export function cachedPage(cache: PageCache, frame: number): Uint8Array<ArrayBuffer> | undefined {
  const slot = cache[frame % cache.length];
  return slot?.frame === frame ? slot.bytes : undefined;
}

/** False: another page is in its place and too young to go. */
export function cachePage(
  cache: PageCache,
  frame: number,
  bytes: Uint8Array,
  round: number,
): boolean {
  const at = frame % cache.length;
  const slot = cache[at];
  if (slot !== undefined && slot.frame !== frame && slot.round + LIFETIME_ROUNDS > round)
    return false;
  cache[at] = { frame, round, bytes: new Uint8Array(bytes) };
  return true;
}

export function forgetPage(cache: PageCache, frame: number): void {
  const at = frame % cache.length;
  if (cache[at]?.frame === frame) cache[at] = undefined;
}
