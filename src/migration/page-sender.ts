/**
 * Which pages go into the next message, and the books of the round they belong to. Contents are read
 * when a message is made, so what travels is never older than what waits in the port.
 */
import { assert } from '../base/assert.ts';
import { between, gfn, type Instant, PAGE_SIZE, START } from '../base/units.ts';
import { type PageReason, packPageDetail } from '../trace/event.ts';
import type { Tracer } from '../trace/recorder.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { RoundFacts } from './algorithms/algorithm.ts';
import { MAX_PAGES } from './limits.ts';
import type { MessageOf, PageRun } from './messages.ts';
import { addPivot, byAddress, type PageOrder, takeNext } from './page-order.ts';
import { addPage, allPages, hasPage, noPages, type PageSet, removePage } from './page-set.ts';
import type { Counters } from './statistics.ts';

export interface SenderState {
  /** Pages whose newest content has not been handed to the port. */
  pending: PageSet;
  /** Pages sent at least once. */
  everSent: PageSet;
  order: PageOrder;
  /** Pages that may be written no more once they have gone. */
  hold: boolean;
  /** Pages that the log shows as written again stay out of the round. */
  skipDirty: boolean;
  round: number;
  roundStart: Instant;
  roundPending: number;
  roundBytesBefore: number;
  roundSent: number;
  roundZero: number;
  roundSkipped: number;
}

export function newSender(pages: number): SenderState {
  return {
    pending: allPages(pages),
    everSent: noPages(pages),
    order: byAddress(),
    hold: false,
    skipDirty: false,
    round: 0,
    roundStart: START,
    roundPending: 0,
    roundBytesBefore: 0,
    roundSent: 0,
    roundZero: 0,
    roundSkipped: 0,
  };
}

export function beginRound(sender: SenderState, now: Instant, bytesSent: number): void {
  sender.round += 1;
  sender.order.cursor = 0;
  sender.roundStart = now;
  sender.roundPending = sender.pending.count;
  sender.roundBytesBefore = bytesSent;
  sender.roundSent = 0;
  sender.roundZero = 0;
  sender.roundSkipped = 0;
}

export function roundFacts(
  sender: SenderState,
  now: Instant,
  bytesSent: number,
  dirtiedPages: number,
): RoundFacts {
  return {
    round: sender.round,
    sentPages: sender.roundSent,
    zeroPages: sender.roundZero,
    skippedPages: sender.roundSkipped,
    bytes: bytesSent - sender.roundBytesBefore,
    duration: between(sender.roundStart, now),
    dirtiedPages,
  };
}

interface Picked {
  readonly frame: number;
  readonly zero: boolean;
  readonly reason: PageReason;
}

/** Books a page as sent: it is pending no more. */
function book(sender: SenderState, counters: Counters, page: Picked): void {
  removePage(sender.pending, page.frame);
  const again = !addPage(sender.everSent, page.frame);
  assert(!(again && sender.hold), `page ${page.frame} would cross twice`);
  if (again) counters.pagesResent += 1;
  sender.roundSent += 1;
  if (page.zero) {
    sender.roundZero += 1;
    counters.duplicatePages += 1;
  } else {
    counters.normalPages += 1;
  }
}

export interface SendingTo {
  readonly vm: Vm;
  readonly sender: SenderState;
  readonly counters: Counters;
  readonly trace: Tracer;
  readonly now: Instant;
}

/**
 * The next message of pages, in the order that holds; at most `fullPages` of them are sent whole.
 * Undefined when every page that was pending has been written again and stays out.
 */
export function nextPages(
  to: SendingTo,
  fullPages: number,
  push: boolean,
): MessageOf<'pages'> | undefined {
  const { vm, sender, counters, trace, now } = to;
  const picked: Picked[] = [];
  let full = 0;
  while (picked.length < MAX_PAGES && full < fullPages) {
    const frame = takeNext(sender.order, sender.pending);
    if (frame === undefined) break;
    if (sender.skipDirty && vm.peekDirty(gfn(frame))) {
      skip(sender, frame);
      continue;
    }
    if (sender.hold) vm.holdWrites(gfn(frame));
    const zero = vm.isZeroPage(gfn(frame));
    if (!zero) full += 1;
    const reason = push ? 'push' : hasPage(sender.everSent, frame) ? 'again' : 'first';
    const page: Picked = { frame, zero, reason };
    book(sender, counters, page);
    trace.page(now, 'sent', frame, packPageDetail(sender.round, reason, zero));
    picked.push(page);
  }
  if (picked.length === 0) return undefined;
  return { type: 'pages', round: sender.round, runs: readRuns(vm, picked) };
}

/** It is in the log, so that the next reading makes it pending again. */
function skip(sender: SenderState, frame: number): void {
  removePage(sender.pending, frame);
  sender.roundSkipped += 1;
}

/** Answers a request at once, ahead of the scan, which goes on from there (as QEMU's does). */
export function pageOnDemand(to: SendingTo, frame: number): MessageOf<'page-response'> {
  const { vm, sender, counters, trace, now } = to;
  const page: Picked = { frame, zero: vm.isZeroPage(gfn(frame)), reason: 'demand' };
  book(sender, counters, page);
  trace.page(now, 'sent', frame, packPageDetail(sender.round, page.reason, page.zero));
  addPivot(sender.order, frame);
  return { type: 'page-response', round: sender.round, runs: readRuns(vm, [page]) };
}

/** Neighbours of one kind become one run. */
function readRuns(vm: Vm, picked: readonly Picked[]): PageRun[] {
  const runs: PageRun[] = [];
  for (let from = 0; from < picked.length; ) {
    const first = picked[from];
    let to = from + 1;
    while (to < picked.length && continues(first, picked[to], to - from)) to += 1;
    const count = to - from;
    const { frame, reason } = first;
    runs.push(
      first.zero
        ? { kind: 'zero', gfn: frame, count, reason }
        : { kind: 'full', gfn: frame, count, reason, bytes: readPages(vm, frame, count) },
    );
    from = to;
  }
  return runs;
}

function continues(first: Picked, next: Picked, distance: number): boolean {
  return (
    next.frame === first.frame + distance &&
    next.zero === first.zero &&
    next.reason === first.reason
  );
}

function readPages(vm: Vm, frame: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count * PAGE_SIZE);
  for (let i = 0; i < count; i++)
    vm.readPage(gfn(frame + i), bytes.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE));
  return bytes;
}
