/**
 * Where one party writes what it sees. Recording costs no virtual time and never changes a run.
 * Contents leave as chunks: page events as columns (their buffers may be handed to another thread),
 * the others as plain objects.
 */
import type { Instant } from '../base/units.ts';
import {
  type EventFields,
  type EventKind,
  type LabEvent,
  PAGE_EVENTS,
  type PageEventKind,
  type Party,
} from './event.ts';

export interface PageColumns {
  readonly count: number;
  readonly at: Float64Array<ArrayBuffer>;
  readonly sequence: Float64Array<ArrayBuffer>;
  readonly kind: Uint8Array<ArrayBuffer>;
  readonly gfn: Uint32Array<ArrayBuffer>;
  readonly detail: Uint32Array<ArrayBuffer>;
}

/** All that one party recorded since the last chunk, in order. */
export interface TraceChunk {
  readonly party: Party;
  readonly pages: PageColumns;
  readonly events: readonly LabEvent[];
}

/** The narrow face that rooms below `lab` see. */
export interface Tracer {
  event<Kind extends EventKind>(at: Instant, kind: Kind, fields: EventFields[Kind]): void;
  page(at: Instant, kind: PageEventKind, gfn: number, detail: number): void;
}

export class Recorder implements Tracer {
  private readonly party: Party;
  private sequence: number;
  private pages = new PageBuffer();
  private events: LabEvent[] = [];

  constructor(party: Party, sequence = 0) {
    this.party = party;
    this.sequence = sequence;
  }

  event<Kind extends EventKind>(at: Instant, kind: Kind, fields: EventFields[Kind]): void {
    this.events.push({
      at,
      party: this.party,
      sequence: this.sequence++,
      kind,
      ...fields,
    } as unknown as LabEvent);
  }

  page(at: Instant, kind: PageEventKind, gfn: number, detail: number): void {
    this.pages.push(at, this.sequence++, PAGE_EVENTS.indexOf(kind), gfn, detail);
  }

  /** What was recorded since the last call; the recorder starts afresh and keeps counting. */
  take(): TraceChunk {
    const chunk = { party: this.party, pages: this.pages.columns(), events: this.events };
    this.pages = new PageBuffer();
    this.events = [];
    return chunk;
  }

  get nextSequence(): number {
    return this.sequence;
  }

  /** Goes on from a checkpoint; what was not taken is forgotten. */
  restart(sequence: number): void {
    this.take();
    this.sequence = sequence;
  }
}

/** For code under test that records into nothing. */
export const SILENT: Tracer = { event() {}, page() {} };

/** Page events in growing columns. */
export class PageBuffer {
  count = 0;
  private at = new Float64Array(64);
  private sequence = new Float64Array(64);
  private kind = new Uint8Array(64);
  private gfn = new Uint32Array(64);
  private detail = new Uint32Array(64);

  push(at: number, sequence: number, kind: number, gfn: number, detail: number): void {
    if (this.count === this.kind.length) this.grow();
    const i = this.count++;
    this.at[i] = at;
    this.sequence[i] = sequence;
    this.kind[i] = kind;
    this.gfn[i] = gfn;
    this.detail[i] = detail;
  }

  columns(): PageColumns {
    const n = this.count;
    return {
      count: n,
      at: this.at.slice(0, n),
      sequence: this.sequence.slice(0, n),
      kind: this.kind.slice(0, n),
      gfn: this.gfn.slice(0, n),
      detail: this.detail.slice(0, n),
    };
  }

  private grow(): void {
    const size = this.kind.length * 2;
    this.at = copyInto(new Float64Array(size), this.at);
    this.sequence = copyInto(new Float64Array(size), this.sequence);
    this.kind = copyInto(new Uint8Array(size), this.kind);
    this.gfn = copyInto(new Uint32Array(size), this.gfn);
    this.detail = copyInto(new Uint32Array(size), this.detail);
  }
}

function copyInto<T extends { set(source: ArrayLike<number>): void }>(
  target: T,
  source: ArrayLike<number>,
): T {
  target.set(source);
  return target;
}
