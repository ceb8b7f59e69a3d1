/** What the daemons' own computing takes, priced from the table that all hosts share. */
import { type Duration, duration } from '../base/units.ts';
import { CPU_FIELDS, UART_FIELDS } from '../image/fields.ts';
import { costOf } from '../vmm/costs.ts';
import type { PageRun } from './messages.ts';

/** Name of the common format on the wire; see `image/FORMAT.md`. */
export const COMMON_FORMAT = 'vmcf';

/** Source: each page is tested for zeros, and copied if it is not all zeros. */
export function readingWork(runs: readonly PageRun[]): Duration {
  const { full, zero } = countPages(runs);
  return duration(
    costOf('zeroTest', full) + costOf('pageCopy', full) + costOf('zeroTestOfZero', zero),
  );
}

/** Destination: a whole page is copied; where a zero page goes, the frame is tested (as QEMU does). */
export function installingWork(runs: readonly PageRun[]): Duration {
  const { full, zero } = countPages(runs);
  return duration(costOf('pageCopy', full) + costOf('zeroTestOfZero', zero));
}

/** Native to common, or back: every field by its rule, every byte through the checksum. */
export function translationWork(bytes: number): Duration {
  const fields = CPU_FIELDS.length + UART_FIELDS.length;
  return duration(costOf('translatePerField', fields) + costOf('translatePerByte', bytes));
}

function countPages(runs: readonly PageRun[]): { full: number; zero: number } {
  let full = 0;
  let zero = 0;
  for (const { kind, count } of runs) {
    if (kind === 'full') full += count;
    else zero += count;
  }
  return { full, zero };
}
