/**
 * Where every page of the VM stands on both hosts, kept from page events alone.
 *
 * A page that is already dirty in the log when it is sent counts as written again: later writes to
 * it raise no event until the log is read, so nobody may claim that the copy is the newest one.
 */
import {
  HOST_A,
  PAGE_REASONS,
  type PageEventKind,
  type PageReason,
  type Party,
  pageIsZero,
} from './event.ts';
import { FlightQueue } from './flight-queue.ts';

export const PAGE_STATES = [
  'empty',
  'not-sent',
  'in-flight',
  'same',
  'zero',
  'written',
  'missing',
] as const;
export type PageState = (typeof PAGE_STATES)[number];

export const EMPTY = 0;
export const NOT_SENT = 1;
export const IN_FLIGHT = 2;
export const SAME = 3;
export const ZERO = 4;
export const WRITTEN = 5;
export const MISSING = 6;

/** Newest contents not at the destination yet: written since, or in the log and not read out. */
const STALE = 1;
const IS_ZERO = 2;
const WANTED = 4;
const ARRIVED = 8;
const UNREAD = 16;
/** Sent, and the connection that carried it is gone. */
const LOST = 32;

export class PageBook {
  readonly count: number;
  /** The host that the VM moves away from. */
  readonly from: Party;
  /** State of each page as each host's grid shows it: indices into PAGE_STATES. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** How often each page was sent, up to 255. */
  readonly sends: Uint8Array;
  /** Pages by state, counted once for the pair: the source's view, or `missing` where one is waited for. */
  readonly tally: number[] = PAGE_STATES.map(() => 0);
  emptyAtDestination: number;
  pagesSent = 0;
  zerosSent = 0;
  readonly sentBy: Record<PageReason, number> = { first: 0, again: 0, demand: 0, push: 0 };
  /** Why the last page was sent: index into PAGE_REASONS. */
  lastReason = 0;
  pagesSkipped = 0;
  faults = 0;
  readonly flight: FlightQueue;

  private readonly flags: Uint8Array;
  private readonly pair: Uint8Array;
  private readonly unread: number[] = [];
  private sourceHolds = true;
  private destinationHolds = true;

  constructor(count: number, from: Party = HOST_A) {
    this.count = count;
    this.from = from;
    this.source = new Uint8Array(count).fill(NOT_SENT);
    this.destination = new Uint8Array(count);
    this.sends = new Uint8Array(count);
    this.flags = new Uint8Array(count);
    this.pair = new Uint8Array(count).fill(NOT_SENT);
    this.tally[NOT_SENT] = count;
    this.emptyAtDestination = count;
    this.flight = new FlightQueue(count);
  }

  /** As a host's own grid shows them. */
  of(party: Party): Uint8Array {
    return party === this.from ? this.source : this.destination;
  }

  /** Pages whose newest contents are not yet at the destination. */
  get left(): number {
    const [, notSent = 0, inFlight = 0, , , written = 0, missing = 0] = this.tally;
    return notSent + inFlight + written + missing;
  }

  /** Distinct pages written since the log was last read. */
  get dirtyNow(): number {
    return this.unread.length;
  }

  apply(kind: PageEventKind, at: number, gfn: number, detail: number): void {
    if (gfn >= this.count) return;
    if (kind === 'dirtied') this.dirtied(gfn);
    else if (kind === 'sent') this.sent(at, gfn, detail);
    else if (kind === 'missing') this.missing(gfn);
    else if (kind === 'unchanged') this.current(gfn);
    else this.arrived(kind, at, gfn, detail);
    this.place(gfn);
  }

  /** The source read its log: what is written from now on raises an event again. */
  logRead(): void {
    for (const gfn of this.unread) this.flags[gfn] = this.flag(gfn) & ~UNREAD;
    this.unread.length = 0;
  }

  /** The source freed the VM's memory. */
  sourceFreed(): void {
    this.sourceHolds = false;
    this.placeAll();
  }

  /** The destination threw its copy away: every page is again only at the source. */
  destinationFreed(): void {
    this.destinationHolds = false;
    this.flags.fill(0);
    this.sends.fill(0);
    this.unread.length = 0;
    this.flight.clear();
    this.placeAll();
    this.destinationHolds = true;
  }

  /** The connection broke: what was on the way counts as lost, unless it comes all the same. */
  flightLost(): void {
    for (let gfn = 0; gfn < this.count; gfn++)
      if (this.flight.has(gfn)) this.flags[gfn] = this.flag(gfn) | LOST;
    this.flight.clear();
    this.placeAll();
  }

  private dirtied(gfn: number): void {
    const flags = this.flag(gfn);
    if ((flags & UNREAD) === 0) this.unread.push(gfn);
    this.flags[gfn] = flags | STALE | UNREAD;
  }

  private sent(at: number, gfn: number, detail: number): void {
    const zero = pageIsZero(detail);
    this.sends[gfn] = Math.min(255, (this.sends[gfn] ?? 0) + 1);
    this.pagesSent += 1;
    if (zero) this.zerosSent += 1;
    this.sentBy[PAGE_REASONS[detail & 7] ?? 'first'] += 1;
    this.lastReason = detail & 7;
    this.current(gfn);
    this.flags[gfn] = (this.flag(gfn) & ~(IS_ZERO | LOST)) | (zero ? IS_ZERO : 0);
    this.flight.push(gfn, at, detail & 7);
  }

  /** What the destination has, or will have, is the newest; unless the log holds a later write. */
  private current(gfn: number): void {
    const flags = this.flag(gfn);
    if ((flags & UNREAD) === 0) this.flags[gfn] = flags & ~STALE;
  }

  private missing(gfn: number): void {
    this.faults += 1;
    this.flags[gfn] = this.flag(gfn) | WANTED;
  }

  private arrived(kind: PageEventKind, at: number, gfn: number, detail: number): void {
    this.flight.remove(gfn, at);
    let flags = this.flag(gfn) & ~(WANTED | LOST);
    if (kind === 'installed') flags = pageIsZero(detail) ? flags | IS_ZERO : flags & ~IS_ZERO;
    else this.pagesSkipped += 1;
    this.flags[gfn] = flags | ARRIVED;
  }

  private flag(gfn: number): number {
    return this.flags[gfn];
  }

  private place(gfn: number): void {
    const flags = this.flag(gfn);
    const flying = this.flight.has(gfn);
    // Of what was lost the destination has an older copy, or nothing.
    const older = (flags & STALE) !== 0 || (flags & LOST) !== 0;
    const settled = older ? WRITTEN : flags & IS_ZERO ? ZERO : SAME;
    const absent = this.sends[gfn] === 0 || (flags & (LOST | ARRIVED)) === LOST;
    const source = flying ? IN_FLIGHT : absent ? NOT_SENT : settled;
    const waited = (flags & WANTED) !== 0 && (flags & ARRIVED) === 0;
    this.source[gfn] = this.sourceHolds ? source : EMPTY;
    this.setDestination(
      gfn,
      waited ? MISSING : flying ? IN_FLIGHT : flags & ARRIVED ? settled : EMPTY,
    );
    const pair = waited ? MISSING : source;
    const before = this.pair[gfn];
    if (pair === before) return;
    this.tally[before] = this.tally[before] - 1;
    this.tally[pair] = this.tally[pair] + 1;
    this.pair[gfn] = pair;
  }

  private setDestination(gfn: number, wanted: number): void {
    const state = this.destinationHolds ? wanted : EMPTY;
    const before = this.destination[gfn];
    if (before === EMPTY && state !== EMPTY) this.emptyAtDestination -= 1;
    if (before !== EMPTY && state === EMPTY) this.emptyAtDestination += 1;
    this.destination[gfn] = state;
  }

  private placeAll(): void {
    for (let gfn = 0; gfn < this.count; gfn++) this.place(gfn);
  }
}
