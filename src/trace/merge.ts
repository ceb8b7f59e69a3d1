/**
 * Puts the streams of several parties into the one order of the trace: time, then party, then
 * sequence. Each party's own stream is in order already; this is a merge, not a sort. Page events
 * stay in their columns and are named by their row, so that 100,000 of them cost no objects.
 */
import { assert } from '../base/assert.ts';
import { type Instant, instant, NEVER } from '../base/units.ts';
import type { LabEvent } from './event.ts';
import type { TraceChunk } from './recorder.ts';

export interface TraceVisitor {
  page(chunk: TraceChunk, row: number): void;
  event(event: LabEvent): void;
}

/** Visits the rows of `chunks` in the trace's order. A party's chunks come in their own order. */
export function visitMerged(chunks: readonly TraceChunk[], visitor: TraceVisitor): void {
  const merger = new TraceMerger();
  for (const chunk of chunks) merger.add(chunk);
  merger.visit(NEVER, visitor);
}

export class TraceMerger {
  private readonly streams: Stream[] = [];

  add(chunk: TraceChunk): void {
    while (this.streams.length <= chunk.party) this.streams.push(new Stream());
    this.streams[chunk.party].push(chunk);
  }

  /** Visits, in order, every row before `until`. */
  visit(until: Instant, visitor: TraceVisitor): void {
    for (;;) {
      let first: Stream | undefined;
      let at = until;
      for (const stream of this.streams) {
        const moment = stream.at();
        if (moment < at) {
          first = stream;
          at = moment;
        }
      }
      if (first === undefined) return;
      first.advance(visitor);
    }
  }

  /** Rows not visited yet, for a checkpoint. */
  pending(): TraceChunk[] {
    return this.streams.flatMap((stream) => stream.rest());
  }
}

/** A party's part of the trace that was not visited yet. */
class Stream {
  private readonly chunks: TraceChunk[] = [];
  private page = 0;
  private event = 0;

  push(chunk: TraceChunk): void {
    if (chunk.pages.count > 0 || chunk.events.length > 0) this.chunks.push(chunk);
  }

  /** Moment of the stream's first row. */
  at(): Instant {
    const chunk = this.chunks[0];
    if (chunk === undefined) return NEVER;
    return this.pageIsNext(chunk)
      ? instant(chunk.pages.at[this.page])
      : chunk.events[this.event].at;
  }

  advance(visitor: TraceVisitor): void {
    const chunk = this.chunks[0];
    if (this.pageIsNext(chunk)) visitor.page(chunk, this.page++);
    else visitor.event(chunk.events[this.event++]);
    if (this.page === chunk.pages.count && this.event === chunk.events.length) {
      this.chunks.shift();
      this.page = 0;
      this.event = 0;
    }
  }

  /** What is left, as one list of chunks. */
  rest(): TraceChunk[] {
    return this.chunks.map((chunk, i) =>
      i === 0 ? withoutRows(chunk, this.page, this.event) : chunk,
    );
  }

  private pageIsNext(chunk: TraceChunk): boolean {
    if (this.page >= chunk.pages.count) return false;
    if (this.event >= chunk.events.length) return true;
    return chunk.pages.sequence[this.page] < chunk.events[this.event].sequence;
  }
}

function withoutRows(chunk: TraceChunk, pages: number, events: number): TraceChunk {
  assert(pages <= chunk.pages.count && events <= chunk.events.length, 'rows to drop exist');
  const { at, sequence, kind, gfn, detail } = chunk.pages;
  return {
    party: chunk.party,
    pages: {
      count: chunk.pages.count - pages,
      at: at.slice(pages),
      sequence: sequence.slice(pages),
      kind: kind.slice(pages),
      gfn: gfn.slice(pages),
      detail: detail.slice(pages),
    },
    events: chunk.events.slice(events),
  };
}
