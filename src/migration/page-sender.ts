/**
 * Which pages go into the next message, and the books of the round they belong to. Contents are read
 * when a message is made, so what travels is never older than what waits in the port.
 */
import { assert, exists } from '../base/assert.ts';
import { between, gfn, type Instant, START } from '../base/units.ts';
import { type PageReason, packPageDetail } from '../trace/event.ts';
import type { Tracer } from '../trace/recorder.ts';
import type { RoundFacts } from './algorithms/algorithm.ts';
import { MAX_PAGES } from './limits.ts';
import type { MessageOf, PageRun } from './messages.ts';
import { type Coding, codePage, joinRuns } from './page-coding.ts';
import { addPivot, byAddress, type PageOrder, takeNext } from './page-order.ts';
import { addPage, allPages, hasPage, noPages, type PageSet, removePage } from './page-set.ts';

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
  readonly reason: PageReason;
  /** One run of one page; neighbours of one kind are joined later. */
  readonly run: PageRun;
}

/** Books a page as sent: it is pending no more. */
function book({ sender, counters, trace, now }: SendingTo, page: Picked): void {
  const { frame, reason, run } = page;
  const again = !addPage(sender.everSent, frame);
  assert(!(again && sender.hold), `page ${frame} would cross twice`);
  const zero = run.kind === 'zero';
  removePage(sender.pending, frame);
  if (again) counters.pagesResent += 1;
  sender.roundSent += 1;
  if (zero) sender.roundZero += 1;
  if (zero) counters.duplicatePages += 1;
  else if (run.kind === 'full') counters.normalPages += 1;
  trace.page(now, 'sent', frame, packPageDetail(sender.round, reason, zero));
}

export interface SendingTo extends Coding {
  readonly sender: SenderState;
  readonly trace: Tracer;
  readonly now: Instant;
}

/**
 * The next message of pages, in the order that holds; at most `fullPages` of them are not zero.
 * Undefined when nothing has to be sent of what was pending: written again and left out, or unchanged.
 */
export function nextPages(
  to: SendingTo,
  fullPages: number,
  push: boolean,
): MessageOf<'pages'> | undefined {
  const { vm, sender } = to;
  const picked: Picked[] = [];
  let full = 0;
  let tried = 0;
  while (picked.length < MAX_PAGES && full < fullPages && tried < MAX_PAGES) {
    const frame = takeNext(sender.order, sender.pending);
    if (frame === undefined) break;
    tried += 1;
    if (sender.skipDirty && vm.peekDirty(gfn(frame))) {
      skip(sender, frame);
      continue;
    }
    if (sender.hold) vm.holdWrites(gfn(frame));
    const reason = push ? 'push' : hasPage(sender.everSent, frame) ? 'again' : 'first';
    const run = codePage(to, frame, reason, sender.round);
    if (run === undefined) {
      removePage(sender.pending, frame);
      to.trace.page(to.now, 'unchanged', frame, packPageDetail(sender.round, reason, false));
      continue;
    }
    if (run.kind !== 'zero') full += 1;
    const page: Picked = { frame, reason, run };
    book(to, page);
    picked.push(page);
  }
  if (picked.length === 0) return undefined;
  return { type: 'pages', round: sender.round, runs: joinRuns(picked.map(({ run }) => run)) };
}

/** It is in the log, so that the next reading makes it pending again. */
function skip(sender: SenderState, frame: number): void {
  removePage(sender.pending, frame);
  sender.roundSkipped += 1;
}

/** Answers a request at once, ahead of the scan, which goes on from there (as QEMU's does). */
export function pageOnDemand(to: SendingTo, frame: number): MessageOf<'page-response'> {
  const { sender } = to;
  const run = exists(codePage(to, frame, 'demand', sender.round), 'a page that was asked for');
  book(to, { frame, reason: 'demand', run });
  addPivot(sender.order, frame);
  return { type: 'page-response', round: sender.round, runs: [run] };
}
