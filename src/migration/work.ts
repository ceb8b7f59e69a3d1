/** What the daemons' own computing takes, priced from the table that all hosts share. */
import { type Duration, duration } from '../base/units.ts';
import { CPU_FIELDS, UART_FIELDS } from '../image/fields.ts';
import { costOf } from '../vmm/costs.ts';
import type { MessageOf, PageRun } from './messages.ts';

/** Name of the common format on the wire; see `image/FORMAT.md`. */
export const COMMON_FORMAT = 'vmcf';

type PagePart = PageRun | MessageOf<'page-response'>;

/** Source: each page is tested for zeros, and copied if it is not all zeros. */
export function readingWork(parts: readonly PagePart[]): Duration {
  const { full, zero } = countPages(parts);
  return duration(
    costOf('zeroTest', full) + costOf('pageCopy', full) + costOf('zeroTestOfZero', zero),
  );
}

/** Destination: a whole page is copied; where a zero page goes, the frame is tested (as QEMU does). */
export function installingWork(parts: readonly PagePart[]): Duration {
  const { full, zero } = countPages(parts);
  return duration(costOf('pageCopy', full) + costOf('zeroTestOfZero', zero));
}

/** Native to common, or back: every field by its rule, every byte through the checksum. */
export function translationWork(bytes: number): Duration {
  const fields = CPU_FIELDS.length + UART_FIELDS.length;
  return duration(costOf('translatePerField', fields) + costOf('translatePerByte', bytes));
}

function countPages(parts: readonly PagePart[]): { full: number; zero: number } {
  let full = 0;
  let zero = 0;
  for (const part of parts) {
    const count = 'type' in part ? 1 : part.count;
    const isFull = 'type' in part ? part.bytes !== undefined : part.kind === 'full';
    if (isFull) full += count;
    else zero += count;
  }
  return { full, zero };
}
