/** What the daemons' own computing takes, priced from the table that all hosts share. */
import { type Duration, duration } from '../base/units.ts';
import { CPU_FIELDS, UART_FIELDS } from '../image/fields.ts';
import { costOf } from '../vmm/costs.ts';
import type { PageRun } from './messages.ts';
import type { AddOns } from './settings.ts';

/** Name of the common format on the wire; see `image/FORMAT.md`. */
export const COMMON_FORMAT = 'vmcf';

/** What making a message of pages took, page by page. */
export interface PageEffort {
  /** Pages tested for zeros that were not. */
  tested: number;
  zero: number;
  copied: number;
  compared: number;
  packed: number;
  /** Time of arming pages just before they are read, in a log that is cleared by hand. */
  clearing: number;
}

export function noEffort(): PageEffort {
  return { tested: 0, zero: 0, copied: 0, compared: 0, packed: 0, clearing: 0 };
}

/** Source: zero tests by the page channels (QEMU's `multifd`) are done side by side. */
export function readingWork(effort: PageEffort, { zeroPages, channels }: AddOns): Duration {
  const tests = costOf('zeroTest', effort.tested) + costOf('zeroTestOfZero', effort.zero);
  const coding = costOf('deltaEncode', effort.compared) + costOf('deflatePage', effort.packed);
  const beside = coding + (zeroPages === 'multifd' ? tests : 0);
  const alone = costOf('pageCopy', effort.copied) + (zeroPages === 'multifd' ? 0 : tests);
  return duration(effort.clearing + alone + Math.ceil(beside / channels));
}

/** Destination: a whole page is copied; where a zero page goes, the frame is tested (as QEMU does). */
export function installingWork(runs: readonly PageRun[]): Duration {
  const { full, zero, delta, deflate } = countPages(runs);
  const whole = costOf('pageCopy', full) + costOf('zeroTestOfZero', zero);
  return duration(whole + costOf('deltaApply', delta) + costOf('inflatePage', deflate));
}

/** Native to common, or back: every field by its rule, every byte through the checksum. */
export function translationWork(bytes: number): Duration {
  const fields = CPU_FIELDS.length + UART_FIELDS.length;
  return duration(costOf('translatePerField', fields) + costOf('translatePerByte', bytes));
}

/** CPU and devices out of a VMM in its own format, or into it. */
export const nativeStateWork = (bytes: number): Duration => costOf('nativeStatePerByte', bytes);

function countPages(runs: readonly PageRun[]): Record<PageRun['kind'], number> {
  const counts = { full: 0, zero: 0, delta: 0, deflate: 0 };
  for (const { kind, count } of runs) counts[kind] += count;
  return counts;
}
