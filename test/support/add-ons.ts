/** Figures of XBZRLE, for what is reckoned from them. */
import type { AddOnFigures } from '../../src/trace/event.ts';

export const ADD_ONS: AddOnFigures = {
  xbzrleCachePages: 16,
  xbzrlePages: 30,
  xbzrleBytes: 12_288,
  xbzrleCacheMiss: 8,
  xbzrleOverflow: 2,
  xbzrleUnchanged: 4,
  compressedPages: 0,
  compressedBytes: 0,
  cpuThrottlePercent: 0,
};
