/**
 * A migration as its operator at the source follows it: the few steps that a console says something
 * of, and the figures that a monitor shows at any moment.
 */
import type { Instant } from '../base/units.ts';
import { type LabEvent, PAGE_EVENTS, type Party, pageIsZero } from './event.ts';
import { Follow } from './follow.ts';
import { TraceMerger } from './merge.ts';
import { type MigrationFigures, NO_FIGURES } from './migration-figures.ts';
import type { TraceChunk } from './recorder.ts';

export type MigrationStep =
  | { readonly kind: 'begun'; readonly vm: string; readonly pages: number }
  | {
      readonly kind: 'round';
      /** From 0. */
      readonly index: number;
      readonly paused: boolean;
      readonly sentPages: number;
      readonly dirtiedPages: number;
      readonly remainingPages: number;
      readonly totalPages: number;
      readonly milliseconds: number;
      /** Of the round's time the share in which the VM was not paused. */
      readonly guestPercent: number;
    }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'saved'; readonly totalPages: number; readonly sentPages: number }
  | { readonly kind: 'restored' }
  | { readonly kind: 'permitted' }
  | { readonly kind: 'started' }
  | {
      readonly kind: 'failed';
      readonly cancelled: boolean;
      readonly permitted: boolean;
      readonly reason: string;
    };

/** One migration away from a host. */
export interface MigrationStory {
  readonly party: Party;
  readonly startedAt: Instant;
  readonly steps: { readonly at: Instant; readonly step: MigrationStep }[];
  sentPages: number;
  roundFrom: Instant;
  pausedAt: Instant | undefined;
  permitted: boolean;
  over: boolean;
}

export interface Stories {
  readonly list: MigrationStory[];
  vm: string;
  pages: number;
}

export const followStories = (): Follow<Stories> =>
  new Follow<Stories>(() => ({ list: [], vm: '', pages: 0 }), foldStory);

export function foldStory(stories: Stories, event: LabEvent): void {
  if (event.kind === 'vm.created' && (stories.vm === '' || stories.vm === event.vm)) {
    stories.vm = event.vm;
    stories.pages = event.pages;
  }
  if (event.kind === 'migration.status' && event.role === 'source' && event.status === 'setup')
    stories.list.push(begin(event));
  const story = stories.list.at(-1);
  if (story === undefined || story.over || event.party !== story.party) return;
  const step = stepOf(story, stories, event);
  if (step !== undefined) story.steps.push({ at: event.at, step });
}

const begin = ({ party, at }: LabEvent): MigrationStory => ({
  party,
  startedAt: at,
  steps: [],
  sentPages: 0,
  roundFrom: at,
  pausedAt: undefined,
  permitted: false,
  over: false,
});

function stepOf(
  story: MigrationStory,
  { vm, pages }: Stories,
  event: LabEvent,
): MigrationStep | undefined {
  switch (event.kind) {
    case 'migration.negotiated':
      return { kind: 'begun', vm, pages };
    case 'round.started':
      story.roundFrom = event.at;
      return undefined;
    case 'round.ended':
      return roundStep(story, pages, event);
    case 'vm.paused':
      story.pausedAt = event.at;
      return { kind: 'suspended' };
    case 'message.sent':
    case 'message.received':
      return messageStep(story, pages, event);
    case 'migration.status':
      if (event.status !== 'failed' && event.status !== 'cancelled') return undefined;
      story.over = true;
      return {
        kind: 'failed',
        cancelled: event.status === 'cancelled',
        permitted: story.permitted,
        reason: event.reason,
      };
    default:
      return undefined;
  }
}

function roundStep(
  story: MigrationStory,
  totalPages: number,
  { round, sent, pending, dirtied, at }: Extract<LabEvent, { kind: 'round.ended' }>,
): MigrationStep {
  story.sentPages += sent;
  const { roundFrom, pausedAt } = story;
  const ran = Math.min(at, pausedAt ?? at) - roundFrom;
  return {
    kind: 'round',
    index: round - 1,
    paused: pausedAt !== undefined && pausedAt <= roundFrom,
    sentPages: sent,
    dirtiedPages: dirtied,
    remainingPages: pending,
    totalPages,
    milliseconds: (at - roundFrom) / 1e6,
    guestPercent: at === roundFrom ? 0 : Math.round((100 * Math.max(0, ran)) / (at - roundFrom)),
  };
}

function messageStep(
  story: MigrationStory,
  totalPages: number,
  { kind, type }: Extract<LabEvent, { kind: 'message.sent' | 'message.received' }>,
): MigrationStep | undefined {
  const sent = kind === 'message.sent';
  if (sent && type === 'state') return { kind: 'saved', totalPages, sentPages: story.sentPages };
  if (!sent && type === 'ready') return { kind: 'restored' };
  if (sent && type === 'go' && !story.permitted) {
    story.permitted = true;
    return { kind: 'permitted' };
  }
  if (sent || type !== 'started') return undefined;
  story.over = true;
  return { kind: 'started' };
}

/** Counted up event by event. */
type OpenFigures = { -readonly [Name in keyof MigrationFigures]: MigrationFigures[Name] };

const SENT_KIND = PAGE_EVENTS.indexOf('sent');

/** Of the last migration away from a host, as it stood at a moment; undefined before the first. */
export function figuresAt(
  chunks: readonly TraceChunk[],
  now: Instant,
  party: Party,
): MigrationFigures | undefined {
  const found = new FiguresFold(party);
  const merger = new TraceMerger();
  for (const chunk of chunks) merger.add(chunk);
  merger.visit(now, {
    event: (event) => found.event(event),
    page: (chunk, row) => {
      if (chunk.party === party && chunk.pages.kind[row] === SENT_KIND)
        found.sent(pageIsZero(chunk.pages.detail[row]));
    },
  });
  return found.at(now);
}

class FiguresFold {
  private readonly party: Party;
  private figures: OpenFigures | undefined;
  private startedAt = 0;
  private endedAt: number | undefined;
  private pausedAt: number | undefined;
  private roundFrom = 0;
  private pages = 0;

  constructor(party: Party) {
    this.party = party;
  }

  at(now: Instant): MigrationFigures | undefined {
    const { figures } = this;
    if (figures === undefined) return undefined;
    return { ...figures, totalTimeNs: (this.endedAt ?? now) - this.startedAt };
  }

  sent(zero: boolean): void {
    if (this.figures !== undefined) this.figures[zero ? 'duplicatePages' : 'normalPages'] += 1;
  }

  event(event: LabEvent): void {
    if (event.kind === 'vm.unblocked' && event.party !== this.party && this.figures)
      this.figures.postcopyBlocktimeNs += event.waitedNs;
    // The first there is; a host may have others besides.
    if (event.kind === 'vm.created') this.pages ||= event.pages;
    if (event.party !== this.party) return;
    if (event.kind === 'migration.status' && event.role === 'source') this.status(event);
    if (this.figures !== undefined) this.fold(this.figures, event);
  }

  private status({ status, reason, at }: Extract<LabEvent, { kind: 'migration.status' }>): void {
    if (status === 'setup') {
      this.figures = { ...NO_FIGURES, totalPages: this.pages, remainingPages: this.pages };
      this.startedAt = at;
      this.endedAt = undefined;
      this.pausedAt = undefined;
    }
    if (this.figures === undefined) return;
    Object.assign(this.figures, { status, reason });
    if (status === 'completed') this.figures.remainingPages = 0;
    if (!['completed', 'failed', 'cancelled'].includes(status)) return;
    this.endedAt = at;
    this.figures.cpuThrottlePercent = 0;
  }

  private partOf(status: string): 'precopyBytes' | 'downtimeBytes' | 'postcopyBytes' {
    if (status.startsWith('postcopy')) return 'postcopyBytes';
    return this.pausedAt === undefined ? 'precopyBytes' : 'downtimeBytes';
  }

  private fold(figures: OpenFigures, event: LabEvent): void {
    switch (event.kind) {
      case 'round.started':
        if (figures.setupTimeNs === 0) figures.setupTimeNs = event.at - this.startedAt;
        figures.remainingPages = event.pending;
        this.roundFrom = event.at;
        return;
      case 'round.ended': {
        const seconds = Math.max(1, event.at - this.roundFrom) / 1e9;
        figures.remainingPages = event.pending;
        figures.pagesPerSecond = Math.round(event.sent / seconds);
        figures.dirtyPagesPerSecond = Math.round(event.dirtied / seconds);
        return;
      }
      case 'migration.estimate':
        figures.expectedDowntimeNs = event.downtimeNs;
        return;
      case 'vm.throttled':
        figures.cpuThrottlePercent = event.percent;
        return;
      case 'migration.add-ons':
        figures.addOns = event;
        figures.normalPages -= event.xbzrlePages + event.compressedPages;
        return;
      case 'dirty-log.read':
        figures.dirtySyncCount += 1;
        return;
      case 'vm.paused':
        this.pausedAt = event.at;
        // Nothing is withheld from a guest that stands still, or from one that has moved.
        figures.cpuThrottlePercent = 0;
        return;
      case 'message.sent':
        figures.transferredBytes += event.bytes;
        figures[this.partOf(figures.status)] += event.bytes;
        if (isByPageChannel(event)) figures.multifdBytes += event.bytes;
        return;
      case 'message.received':
        if (event.type === 'page-request') figures.postcopyRequests += 1;
        if (event.type === 'started') figures.downtimeNs = event.at - (this.pausedAt ?? event.at);
        return;
      default:
    }
  }
}

/** Ids say their channel in bits 26 to 30; 0 is the control channel. Only pages have others to go by. */
const isByPageChannel = ({ type, id }: Extract<LabEvent, { kind: 'message.sent' }>): boolean =>
  type === 'pages' && ((id >>> 26) & 31) > 0;
