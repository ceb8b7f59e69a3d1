/** What XBZRLE did, in the figures and by the names of QEMU (qapi/migration.json, XBZRLECacheStats). */
import { PAGE_SIZE } from '../base/units.ts';
import type { AddOnFigures } from '../trace/event.ts';
import type { XbzrleCacheReport } from './report.ts';

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
