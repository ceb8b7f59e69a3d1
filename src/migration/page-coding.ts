/**
 * In which form a page crosses: as nothing but its number if it is all zeros, as the changes since
 * it was sent last, packed, or whole. Contents are read here and nowhere else at the source.
 */
import { exists } from '../base/assert.ts';
import { gfn, PAGE_SIZE } from '../base/units.ts';
import type { PageReason } from '../trace/event.ts';
import type { Vm } from '../vmm/vmm.ts';
import { DEFLATE } from './late-deflate.ts';
import { XBZRLE } from './late-xbzrle.ts';
import type { PageRun } from './messages.ts';
import { cachedPage, cachePage, forgetPage, type PageCache } from './page-cache.ts';
import type { AddOns } from './settings.ts';
import type { Counters } from './statistics.ts';
import type { PageEffort } from './work.ts';

/** A coded page must save at least this, or it is sent whole. */
const WORTH_BYTES = 64;
const LIMIT = PAGE_SIZE - WORTH_BYTES;
/** QEMU counts these with a difference: a byte says that it is one, two say how long. Ours has them too. */
const DELTA_HEAD_BYTES = 3;

export interface Coding {
  readonly vm: Vm;
  readonly counters: Counters;
  readonly addOns: AddOns;
  /** What the destination has, of pages sent again; empty: differences are not used. */
  readonly cache: PageCache;
  /** Both ends know DEFLATE, and it is wanted. */
  readonly packs: boolean;
  /** Counts up what this takes. */
  readonly effort: PageEffort;
}

/** Undefined: the destination has just this content already. */
export function codePage(
  to: Coding,
  frame: number,
  reason: PageReason,
  round: number,
): PageRun | undefined {
  const { vm, addOns, effort, cache } = to;
  effort.clearing += vm.clearDirty(gfn(frame));
  if (addOns.zeroPages !== 'none') {
    const zero = vm.isZeroPage(gfn(frame));
    effort[zero ? 'zero' : 'tested'] += 1;
    if (zero && cache.length > 0) forgetPage(cache, frame);
    if (zero) return { kind: 'zero', gfn: frame, count: 1, reason };
  }
  const bytes = new Uint8Array(PAGE_SIZE);
  vm.readPage(gfn(frame), bytes);
  effort.copied += 1;
  const place = { gfn: frame, count: 1, reason } as const;
  // QEMU's cache begins after the first round too: nothing is sent again before.
  const changes =
    cache.length > 0 && reason === 'again' ? delta(to, frame, bytes, round) : undefined;
  if (changes?.length === 0) return undefined;
  if (changes !== undefined) return { kind: 'delta', ...place, bytes: changes };
  const packed = to.packs ? pack(to, bytes) : undefined;
  if (packed !== undefined) return { kind: 'deflate', ...place, bytes: packed };
  return { kind: 'full', ...place, bytes };
}

function delta(
  { counters, cache, effort }: Coding,
  frame: number,
  bytes: Uint8Array<ArrayBuffer>,
  round: number,
): Uint8Array<ArrayBuffer> | undefined {
  const { xbzrle } = counters;
  const before = cachedPage(cache, frame);
  if (before === undefined) {
    xbzrle.cacheMiss += 1;
    cachePage(cache, frame, bytes, round);
    return undefined;
  }
  effort.compared += 1;
  const changes = XBZRLE.now.encodeDelta(before, bytes, LIMIT);
  cachePage(cache, frame, bytes, round);
  if (changes === undefined) xbzrle.overflow += 1;
  else if (changes.length === 0) xbzrle.unchanged += 1;
  else {
    xbzrle.pages += 1;
    xbzrle.bytes += DELTA_HEAD_BYTES + changes.length;
  }
  return changes;
}

function pack(
  { counters, effort }: Coding,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  effort.packed += 1;
  const packed = DEFLATE.now.deflatePage(bytes, LIMIT);
  if (packed === undefined) return undefined;
  counters.compression.pages += 1;
  counters.compression.bytes += packed.length;
  return packed;
}

/** Neighbours that are whole or zero become one run. */
export function joinRuns(runs: readonly PageRun[]): PageRun[] {
  const joined: PageRun[] = [];
  for (let from = 0; from < runs.length; ) {
    let to = from + 1;
    while (to < runs.length && continues(runs[from], runs[to], to - from)) to += 1;
    joined.push(join(runs.slice(from, to)));
    from = to;
  }
  return joined;
}

function continues(first: PageRun, next: PageRun, distance: number): boolean {
  const joins = first.kind === 'full' || first.kind === 'zero';
  const alike = next.kind === first.kind && next.reason === first.reason;
  return joins && alike && next.gfn === first.gfn + distance;
}

function join(runs: readonly PageRun[]): PageRun {
  const first = exists(runs[0], 'a run');
  const { length: count } = runs;
  if (first.kind === 'zero') return { ...first, count };
  if (first.kind !== 'full') return first;
  const bytes = new Uint8Array(count * PAGE_SIZE);
  runs.forEach((run, i) => {
    if (run.kind === 'full') bytes.set(run.bytes, i * PAGE_SIZE);
  });
  return { ...first, count, bytes };
}
