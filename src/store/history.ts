/**
 * A run's trace as far as it is known, kept whole: any moment of it can be shown again, exactly as
 * it was, without asking the lab. The picture is the trace folded up to the moment shown.
 */
import { type Instant, instant, START } from '../base/units.ts';
import {
  type LabEvent,
  PAGE_EVENTS,
  PAGE_REASONS,
  type PageEvent,
  type PageReason,
} from '../trace/event.ts';
import { TraceMerger, type TraceVisitor, visitMerged } from '../trace/merge.ts';
import { meets, notable, type StopCondition } from '../trace/notable.ts';
import { pageLife } from '../trace/page-life.ts';
import type { Picture } from '../trace/picture.ts';
import type { TraceChunk } from '../trace/recorder.ts';
import { Replay } from '../trace/replay.ts';

/** Moments worth stopping at, each list in the order of time. */
export type Moments = 'event' | 'turn' | 'round-start' | StopCondition;

/** Pages of one reason in one message: what a stretch of time was spent on. */
export interface SendTally {
  readonly at: number;
  readonly reason: PageReason;
  readonly pages: number;
  /** Of these; of a zero page only its number crosses. */
  readonly zero: number;
  /** Their part of the message, by the pages that are not zero. */
  readonly bytes: number;
}

type OpenTally = Omit<SendTally, 'at' | 'bytes'>;

const MISSING_KIND = PAGE_EVENTS.indexOf('missing');
const SENT_KIND = PAGE_EVENTS.indexOf('sent');
/** What pages cross in. */
const PAGE_MESSAGES: readonly string[] = ['pages', 'page-response'];
/** Raised too often to be read, and summed up elsewhere. */
const UNLISTED: ReadonlySet<LabEvent['kind']> = new Set([
  'console.output',
  'console.answered',
  'dirty-log.read',
  'fetch.progress',
  'frame.forwarded',
  'probe.sent',
  'probe.answered',
]);

export class History {
  private chunks: TraceChunk[] = [];
  private merger = new TraceMerger();
  private replay = new Replay();
  private moments = new Map<Moments, number[]>();
  /** Where the run was ready to be watched: nobody goes back behind it. */
  start: Instant = START;
  /** The trace is known up to here and no further. */
  frontier: Instant = START;
  /** What can be read line by line, in the trace's order. */
  readonly events: LabEvent[] = [];
  /** Every message of pages that left the source, in order. */
  readonly sends: SendTally[] = [];
  /** Pages of the message that is being made. */
  private open: OpenTally[] = [];

  get picture(): Picture {
    return this.replay.picture;
  }

  /** All that is known, in the order in which it came: grows at its end, and after a cut is another. */
  get stretches(): readonly TraceChunk[] {
    return this.chunks;
  }

  get inPast(): boolean {
    return this.picture.now < this.frontier;
  }

  /** Takes up what happened from the frontier until `now`; what is known already is not taken twice. */
  add(chunks: readonly TraceChunk[], now: Instant): void {
    if (now <= this.frontier) return;
    for (const chunk of chunks) {
      this.chunks.push(chunk);
      this.merger.add(chunk);
    }
    this.note(chunks);
    this.frontier = now;
  }

  /** Shows the moment `at`, or the nearest one that is known. */
  show(at: number): void {
    const wanted = instant(Math.min(this.frontier, Math.max(START, Math.round(at))));
    if (wanted < this.picture.now) this.afresh();
    this.replay.foldFrom(this.merger, wanted);
  }

  /** Forgets what came at or after `at`: the run takes another course from there. */
  cut(at: Instant): void {
    const kept = this.chunks.map((chunk) => before(chunk, at));
    this.chunks = kept.filter(({ pages, events }) => pages.count > 0 || events.length > 0);
    this.moments.clear();
    this.events.length = 0;
    this.sends.length = 0;
    this.open = [];
    this.note(this.chunks);
    this.frontier = at;
    const shown = this.picture.now;
    this.afresh();
    this.show(shown);
  }

  /** Just after the first such moment that is not shown yet. */
  next(kind: Moments, from: number = this.picture.now): number | undefined {
    const list = this.moments.get(kind) ?? [];
    const i = firstFrom(list, from);
    return i < list.length ? list[i] + 1 : undefined;
  }

  /** Just after the last such moment before the one shown, so that going back always moves. */
  previous(kind: Moments, before: number = this.picture.now): number | undefined {
    const list = this.moments.get(kind) ?? [];
    const i = firstFrom(list, before - 1) - 1;
    return i >= 0 && list[i] >= this.start ? list[i] + 1 : undefined;
  }

  /** All moments of a kind that are known. */
  of(kind: Moments): readonly number[] {
    return this.moments.get(kind) ?? [];
  }

  /** What happened to one page until the moment shown. */
  lifeOf(gfn: number): PageEvent[] {
    return pageLife(this.chunks, gfn, this.picture.now);
  }

  /** The trace up to the moment shown, in its order. */
  visit(visitor: TraceVisitor): void {
    const merger = new TraceMerger();
    for (const chunk of this.chunks) merger.add(chunk);
    merger.visit(this.picture.now, visitor);
  }

  /** Another picture, before everything. */
  private afresh(): void {
    const { version } = this.picture;
    this.replay = new Replay();
    // Whoever remembers a version must see that this is another picture.
    this.replay.picture.version = version + 1;
    this.merger = new TraceMerger();
    for (const chunk of this.chunks) this.merger.add(chunk);
  }

  private note(chunks: readonly TraceChunk[]): void {
    visitMerged(chunks, {
      page: (chunk, row) => this.notePage(chunk, row),
      event: (event) => this.noteEvent(event),
    });
  }

  private notePage({ pages }: TraceChunk, row: number): void {
    const kind = pages.kind[row];
    if (kind === MISSING_KIND && !this.moments.has('fault')) this.mark('fault', pages.at[row]);
    if (kind !== SENT_KIND) return;
    const detail = pages.detail[row];
    const reason = PAGE_REASONS[detail & 7];
    const tally = this.open.find((open) => open.reason === reason);
    const { pages: sent, zero } = tally ?? { pages: 0, zero: 0 };
    const more = { reason, pages: sent + 1, zero: zero + ((detail & 8) !== 0 ? 1 : 0) };
    this.open = [...this.open.filter((open) => open !== tally), more];
  }

  /** The message that the pages noted last have gone into. */
  private noteSent(at: number, bytes: number): void {
    const weigh = ({ pages, zero }: OpenTally) => pages - zero;
    const full = this.open.reduce((sum, tally) => sum + weigh(tally), 0);
    const all = this.open.reduce((sum, { pages }) => sum + pages, 0);
    for (const tally of this.open) {
      const share = full > 0 ? weigh(tally) / full : tally.pages / all;
      this.sends.push({ at, ...tally, bytes: bytes * share });
    }
    this.open = [];
  }

  private noteEvent(event: LabEvent): void {
    if (event.kind === 'message.sent' && PAGE_MESSAGES.includes(event.type))
      this.noteSent(event.at, event.bytes);
    if (!UNLISTED.has(event.kind)) this.events.push(event);
    if (notable(event)) this.mark('event', event.at);
    if (notable(event) && !isOfPages(event)) this.mark('turn', event.at);
    const condition = meets(event);
    if (condition) this.mark(condition, event.at);
    if (event.kind === 'round.started' || condition === 'ended') this.mark('round-start', event.at);
  }

  private mark(kind: Moments, at: number): void {
    const list = this.moments.get(kind) ?? [];
    this.moments.set(kind, list);
    if (list.at(-1) !== at) list.push(at);
  }
}

/** Pages come and go by the hundred; what turns the run is among the rest. */
const OF_PAGES: readonly string[] = [...PAGE_MESSAGES, 'page-request', 'received'];

const isOfPages = (event: LabEvent): boolean =>
  (event.kind === 'message.sent' || event.kind === 'message.received') &&
  OF_PAGES.includes(event.type);

/** Index of the first of ascending numbers that is at least `at`. */
function firstFrom(list: readonly number[], at: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function before(chunk: TraceChunk, until: Instant): TraceChunk {
  const { at, sequence, kind, gfn, detail } = chunk.pages;
  const count = firstFrom(Array.from(at), until);
  return {
    party: chunk.party,
    pages: {
      count,
      at: at.slice(0, count),
      sequence: sequence.slice(0, count),
      kind: kind.slice(0, count),
      gfn: gfn.slice(0, count),
      detail: detail.slice(0, count),
    },
    events: chunk.events.filter((event) => event.at < until),
  };
}
