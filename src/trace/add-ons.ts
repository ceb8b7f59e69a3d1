/** What XBZRLE and compression did: QEMU's figures by QEMU's names (qapi/migration.json, XBZRLECacheStats and CompressionStats). */
import { PAGE_SIZE } from '../base/units.ts';
import type { AddOnFigures } from './event.ts';

/** Names as in QEMU's `query-migrate`. */
export interface XbzrleCacheReport {
  /** Bytes. */
  readonly cacheSize: number;
  /** Of the pages below as they crossed: a page that did not become smaller counts whole. */
  readonly bytes: number;
  /** Found in the cache, whether they then crossed as a difference, whole or not at all. */
  readonly pages: number;
  readonly cacheMiss: number;
  readonly cacheMissRate: number;
  readonly encodingRate: number;
  readonly overflow: number;
}

/** Names as in QEMU's `query-migrate`. */
export interface CompressionReport {
  readonly pages: number;
  /** Bytes. */
  readonly compressedSize: number;
  readonly compressionRate: number;
}

/** Null, as QEMU leaves it out: XBZRLE was off. The rates are QEMU's, over the whole migration. */
export function xbzrleCache(figures: AddOnFigures, pagesSent: number): XbzrleCacheReport | null {
  const { xbzrleCachePages, xbzrlePages, xbzrleBytes, xbzrleCacheMiss, xbzrleOverflow } = figures;
  if (xbzrleCachePages === 0) return null;
  const handled = pagesSent + figures.xbzrleUnchanged;
  // Whatever was found in the cache counts as a page; one that overflows adds its full size.
  const pages = xbzrlePages + xbzrleOverflow + figures.xbzrleUnchanged;
  const bytes = xbzrleBytes + xbzrleOverflow * PAGE_SIZE;
  return {
    cacheSize: xbzrleCachePages * PAGE_SIZE,
    bytes,
    pages,
    cacheMiss: xbzrleCacheMiss,
    cacheMissRate: hundredths(xbzrleCacheMiss, handled),
    encodingRate: hundredths(pages * PAGE_SIZE, bytes),
    overflow: xbzrleOverflow,
  };
}

/** QEMU prints two digits behind the point. */
const hundredths = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part * 100) / whole) / 100;

/** Null, as QEMU leaves it out: nothing was packed. Nobody is ever too busy to pack here. */
export function compression({
  compressedPages,
  compressedBytes,
}: AddOnFigures): CompressionReport | null {
  if (compressedPages === 0) return null;
  const rate = Math.round((compressedPages * PAGE_SIZE * 100) / compressedBytes) / 100;
  return { pages: compressedPages, compressedSize: compressedBytes, compressionRate: rate };
}
