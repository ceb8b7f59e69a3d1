/** What pages and logs cost: reading a dirty log, and the way of a page, against copying as many pages. */
import { Prng } from '../../src/base/prng.ts';
import { PAGE_SIZE } from '../../src/base/units.ts';
import { DirtyLog } from '../../src/memory/dirty-log.ts';
import { MachineMemory } from '../../src/memory/machine-memory.ts';
import { isZeroPage, pageChecksum } from '../../src/memory/page-content.ts';
import { interleaved, median, now, rate } from './measure.ts';

/** Three regions: random pages, zero pages, and where pages arrive; larger than a processor's caches. */
const REGION = 16_384;
const MIB_PAGES = 256;
const ROUNDS = 7;
const SPAN_MS = 60;

/** Microseconds of one get-and-clear, with `dirty` of `pages` pages dirty. */
export function takeLog(pages: number, dirty: number): number {
  const log = new DirtyLog(pages);
  const prng = Prng.stream(1, 'dirty pages');
  const times: number[] = [];
  for (let round = 0; round < 400; round++) {
    while (log.count < dirty) log.mark(prng.below(pages));
    const start = now();
    log.take();
    times.push((now() - start) * 1000);
  }
  return median(times.slice(100));
}

export const gibibytes = (count: number): number => count * 1024 * MIB_PAGES;
export const mebibytes = (count: number): number => count * MIB_PAGES;

export interface PageRates {
  readonly copy: number;
  readonly zeroTestFull: number;
  readonly zeroTestZero: number;
  readonly checksum: number;
  readonly wholePath: number;
}

/** Pages in a second of random single pages; `copy` is the measure for the others. */
export async function pageRates(): Promise<PageRates> {
  const memory = new MachineMemory(3 * REGION);
  const prng = Prng.stream(2, 'pages');
  for (let i = 0; i < (REGION * PAGE_SIZE) / 4; i++) memory.words32[i] = prng.u32();
  const order = Array.from({ length: REGION }, (_, n) => n);
  prng.shuffle(order);
  const frame = new Uint8Array(PAGE_SIZE);
  const arrival = 2 * REGION * PAGE_SIZE;
  let kept = 0;
  const each = (first: number, work: (offset: number) => void) => () =>
    rate(SPAN_MS, () => {
      for (const page of order) work((first + page) * PAGE_SIZE);
      return order.length;
    });
  const copy = (offset: number) =>
    memory.bytes.copyWithin(arrival + offset, offset, offset + PAGE_SIZE);
  const rates = await interleaved(ROUNDS, {
    copy: each(0, copy),
    zeroTestFull: each(0, (offset) => {
      kept ^= isZeroPage(memory, offset) ? 1 : 0;
    }),
    zeroTestZero: each(REGION, (offset) => {
      kept ^= isZeroPage(memory, offset) ? 1 : 0;
    }),
    checksum: each(0, (offset) => {
      kept ^= pageChecksum(memory, offset);
    }),
    wholePath: each(0, (offset) => {
      if (isZeroPage(memory, offset)) return;
      kept ^= pageChecksum(memory, offset);
      frame.set(memory.bytes.subarray(offset, offset + PAGE_SIZE));
      memory.bytes.set(frame, arrival + offset);
    }),
  });
  // The loops' results are used, so that none is left out.
  return kept === 0x1234_5678 ? { ...rates, copy: 0 } : rates;
}
