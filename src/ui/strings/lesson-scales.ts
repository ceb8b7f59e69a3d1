/** The scales that lessons mark and measure on. */

import type { Scale } from '../lessons/lesson.ts';
import { bytes, count, plural, spokenTime, time } from './format.ts';

export const pagesScale = (to: number, line?: Scale['line']): Scale => ({
  from: 0,
  to,
  log: false,
  shown: (value) => plural(Math.round(value), 'page'),
  spoken: (value) => plural(Math.round(value), 'page'),
  ...(line ? { line } : {}),
});

export const timeScale = (fromMs: number, toMs: number): Scale => ({
  from: fromMs,
  to: toMs,
  log: true,
  shown: (value) => time(value * 1e6),
  spoken: (value) => spokenTime(value * 1e6),
});

export const roundScale = (to: number): Scale => ({
  from: 0,
  to,
  log: false,
  shown: (value) => plural(Math.round(value), 'round'),
  spoken: (value) => plural(Math.round(value), 'round'),
});

export const bytesScale = (from: number, to: number): Scale => ({
  from,
  to,
  log: true,
  shown: bytes,
  spoken: (value) => `${count(value)} bytes`,
});
