/**
 * PAGE_DATA records: u32 count, u32 0, count page words of u64 (type in bits 63 to 60, number in
 * bits 51 to 0), then 4096 bytes for each page that has data. An HVM guest has pages of three types.
 */
import { type ByteReader, ByteWriter } from '../../../base/bytes.ts';
import { PAGE_SIZE } from '../../../base/units.ts';
import type { PageRun } from '../../../image/records.ts';
import { recordParts } from './framing.ts';
import type { PageTable } from './page-table.ts';
import { RECORD } from './record-kinds.ts';

export const PAGE_TYPE = {
  /** An ordinary page, with data. */
  normal: 0x0n,
  /** Allocated, without data. */
  allocated: 0xen,
  /** Not a page, or no longer one. */
  invalid: 0xfn,
} as const;

/** Pages in one record, as Xen's writer sends them. */
export const BATCH_PAGES = 1024;
/** Numbers below 4 GiB: all that a 32-bit guest without PAE reaches. */
export const MAX_PFN = 0xf_ffff;

const TYPE_SHIFT = 60n;
const NUMBER_MASK = (1n << 52n) - 1n;
const RESERVED_MASK = 0xffn << 52n;
const ZEROS = new Uint8Array(PAGE_SIZE);

/** The word of an ordinary page is its number. */
export function pageDataRecords(pages: Iterable<readonly [number, Uint8Array]>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let pfns: number[] = [];
  let data: Uint8Array[] = [];
  const flush = (): void => {
    if (pfns.length === 0) return;
    const head = new ByteWriter().u32(pfns.length).u32(0);
    for (const pfn of pfns) head.u64(BigInt(pfn));
    parts.push(...recordParts(RECORD.pageData, head.finish(), ...data));
    pfns = [];
    data = [];
  };
  for (const [pfn, bytes] of pages) {
    pfns.push(pfn);
    data.push(bytes);
    if (pfns.length === BATCH_PAGES) flush();
  }
  flush();
  return parts;
}

/** Every page of RAM with its content; pages in no run are zero. Views, not copies. */
export function* allPages(
  memory: readonly { readonly firstGfn: number; readonly pages: number }[],
  runs: readonly PageRun[],
): Generator<readonly [number, Uint8Array]> {
  let at = 0;
  for (const { firstGfn, pages } of memory) {
    for (let pfn = firstGfn; pfn < firstGfn + pages; pfn++) {
      while (at < runs.length && pfn >= (runs[at]?.firstGfn ?? 0) + (runs[at]?.count ?? 0)) at += 1;
      const run = runs[at];
      const offset = run === undefined ? -1 : (pfn - run.firstGfn) * PAGE_SIZE;
      const isIn = offset >= 0 && run?.data !== undefined;
      yield [pfn, isIn ? run.data.subarray(offset, offset + PAGE_SIZE) : ZEROS];
    }
  }
}

/** What a PAGE_DATA record does to the pages known so far, or, in verification, to nothing. */
export function readPageData(
  body: ByteReader,
  start: number,
  pages: PageTable,
  isVerify: boolean,
): void {
  const count = body.u32('number of pages');
  if (body.u32('reserved word') !== 0) body.fail('reserved', 'the word after the count must be 0');
  if (count === 0) body.fail('bad-value', 'a record of no pages');
  if (count * 8 > body.remaining) {
    body.fail(
      'truncated',
      `${count} page words need ${count * 8} bytes, ${body.remaining} are left`,
    );
  }
  const words: bigint[] = [];
  for (let i = 0; i < count; i++) words.push(body.u64('page word'));
  for (const word of words) {
    if ((word & RESERVED_MASK) !== 0n) body.fail('reserved', 'a page word has reserved bits set');
    const pfn = word & NUMBER_MASK;
    if (pfn > BigInt(MAX_PFN))
      body.fail('too-large', `page 0x${pfn.toString(16)} lies above 4 GiB`);
    readPage(body, start, word >> TYPE_SHIFT, Number(pfn), pages, isVerify);
  }
}

function readPage(
  body: ByteReader,
  start: number,
  type: bigint,
  pfn: number,
  pages: PageTable,
  isVerify: boolean,
): void {
  const name = `page 0x${pfn.toString(16)}`;
  if (type === PAGE_TYPE.normal) {
    const offset = start + body.skip(PAGE_SIZE, name);
    if (!isVerify) pages.set(pfn, offset);
    else if (!pages.has(pfn) || !pages.equals(pfn, offset)) {
      body.fail('verify-mismatch', `${name} was sent with other content before VERIFY`);
    }
  } else if (type === PAGE_TYPE.allocated) {
    if (!isVerify) pages.setZero(pfn);
  } else if (type === PAGE_TYPE.invalid) {
    if (!isVerify) pages.delete(pfn);
  } else {
    const hex = `0x${type.toString(16)}`;
    body.fail(
      'bad-page-type',
      `${name} has type ${hex}; pages of an HVM guest have 0x0, 0xe or 0xf`,
    );
  }
}
