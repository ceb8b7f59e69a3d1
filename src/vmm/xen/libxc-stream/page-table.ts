/**
 * The pages of a stream by number. A page may be sent many times and the last copy wins, so what is
 * kept is where the last copy lies in the stream; pages are copied once, when the stream is whole.
 */
import { PAGE_SIZE } from '../../../base/units.ts';
import { MAX_RUN_PAGES } from '../../../image/framing.ts';
import type { CommonRam } from '../../../image/model.ts';
import type { PageRun } from '../../../image/records.ts';

/** In place of an offset: allocated, and zero. */
const ZERO = -1;

export class PageTable {
  private readonly source: Uint8Array;
  private readonly offsets = new Map<number, number>();

  constructor(source: Uint8Array) {
    this.source = source;
  }

  get size(): number {
    return this.offsets.size;
  }

  has(pfn: number): boolean {
    return this.offsets.has(pfn);
  }

  /** Pre: a whole page lies at `offset`. */
  set(pfn: number, offset: number): void {
    this.offsets.set(pfn, offset);
  }

  setZero(pfn: number): void {
    this.offsets.set(pfn, ZERO);
  }

  delete(pfn: number): void {
    this.offsets.delete(pfn);
  }

  /** Does the page hold the same bytes as those at `offset`? Pre: the page is there. */
  equals(pfn: number, offset: number): boolean {
    const page = this.contentOf(pfn);
    for (let i = 0; i < PAGE_SIZE; i++) {
      if (this.source[offset + i] !== (page?.[i] ?? 0)) return false;
    }
    return true;
  }

  isZero(pfn: number): boolean {
    const page = this.contentOf(pfn);
    if (page === undefined) return true;
    for (let i = 0; i < PAGE_SIZE; i++) if (page[i] !== 0) return false;
    return true;
  }

  /** Stretches of pages that are there, ascending. */
  stretches(): CommonRam[] {
    const stretches: { firstGfn: number; pages: number }[] = [];
    for (const pfn of this.ascending()) {
      const last = stretches.at(-1);
      if (last !== undefined && pfn === last.firstGfn + last.pages) last.pages += 1;
      else stretches.push({ firstGfn: pfn, pages: 1 });
    }
    return stretches;
  }

  /** Everything that is not zero, as an image keeps it. */
  runs(): PageRun[] {
    const runs: PageRun[] = [];
    let pending: number[] = [];
    for (const pfn of this.ascending()) {
      if (this.isZero(pfn)) continue;
      const first = pending[0] ?? pfn;
      if (pfn !== first + pending.length || pending.length === MAX_RUN_PAGES) {
        runs.push(this.copy(pending));
        pending = [];
      }
      pending.push(pfn);
    }
    if (pending.length > 0) runs.push(this.copy(pending));
    return runs;
  }

  private ascending(): Uint32Array {
    return Uint32Array.from(this.offsets.keys()).sort();
  }

  /** Pre: consecutive pages that are there. */
  private copy(pfns: readonly number[]): PageRun {
    const data = new Uint8Array(pfns.length * PAGE_SIZE);
    pfns.forEach((pfn, i) => {
      data.set(this.contentOf(pfn) ?? [], i * PAGE_SIZE);
    });
    return { firstGfn: pfns[0] ?? 0, count: pfns.length, data };
  }

  /** Undefined: all zero. */
  private contentOf(pfn: number): Uint8Array | undefined {
    const offset = this.offsets.get(pfn) ?? ZERO;
    return offset === ZERO ? undefined : this.source.subarray(offset, offset + PAGE_SIZE);
  }
}
