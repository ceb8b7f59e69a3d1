/**
 * Folds a run's trace into the picture the page shows. Pure and incremental: the same chunks give
 * the same picture, whatever pieces they come in.
 */
import { type Instant, START } from '../base/units.ts';
import { type LabEvent, PAGE_EVENTS } from './event.ts';
import { TraceMerger } from './merge.ts';
import { PageBook } from './page-book.ts';
import type { HostPicture, Picture } from './picture.ts';
import type { TraceChunk } from './recorder.ts';
import { foldMigration } from './replay-migration.ts';
import { foldNetwork } from './replay-network.ts';
import { foldVm } from './replay-vm.ts';
import { NO_VERDICT } from './verdict.ts';

/** Points of the pages-left curve in one sweep from all pages to none. */
const CURVE_STEPS = 128;
const NOTES_MAX = 500;

/** What is said aloud and listed in the log; the rest is only drawn. */
const NOTABLE: ReadonlySet<LabEvent['kind']> = new Set<LabEvent['kind']>([
  'lab.ready',
  'lab.input',
  'vm.started',
  'vm.loaded',
  'vm.paused',
  'vm.resumed',
  'vm.activated',
  'vm.stopped',
  'vm.destroyed',
  'migration.status',
  'migration.negotiated',
  'stage.entered',
  'round.started',
  'round.ended',
  'decision',
  'state.saved',
  'state.translated',
  'switch.learned',
  'switch.aged',
  'arp.aged',
  'arp.updated',
  'message.dropped',
  'link.changed',
  'party.failed',
  'verified',
]);

export class Replay {
  readonly picture: Picture = emptyPicture();

  /** Takes up every event of `chunks`, which are all that happened before `now`. */
  fold(chunks: readonly TraceChunk[], now: Instant): void {
    const merger = new TraceMerger();
    for (const chunk of chunks) merger.add(chunk);
    this.foldFrom(merger, now);
  }

  /** Takes up what the merger holds of before `now`; what comes later stays in it. */
  foldFrom(merger: TraceMerger, now: Instant): void {
    const { picture } = this;
    let taken = 0;
    merger.visit(now, {
      page: (chunk, row) => {
        taken += 1;
        this.page(chunk, row);
      },
      event: (event) => {
        taken += 1;
        this.event(event);
      },
    });
    if (picture.now !== now || taken > 0) picture.version += 1;
    picture.now = now;
  }

  private page({ party, pages }: TraceChunk, row: number): void {
    const kind = PAGE_EVENTS[pages.kind[row]];
    const { pages: book } = this.picture;
    // Only the source's log tells what the destination's copy lacks.
    if (kind === 'dirtied' && party !== book.from) return;
    book.apply(kind, pages.at[row], pages.gfn[row], pages.detail[row]);
    drawCurve(
      this.picture,
      pages.at[row] as Instant,
      Math.max(1, Math.floor(book.count / CURVE_STEPS)),
    );
  }

  private event(event: LabEvent): void {
    const { picture } = this;
    foldVm(picture, event);
    foldMigration(picture, event);
    foldNetwork(picture, event);
    if (event.kind === 'round.started' || event.kind === 'round.ended')
      drawCurve(picture, event.at, 0);
    if (!NOTABLE.has(event.kind)) return;
    picture.notes.push(event);
    if (picture.notes.length > NOTES_MAX) picture.notes.shift();
  }
}

/** Adds a point when the number of pages left has moved by `step` since the last one. */
function drawCurve(picture: Picture, at: Instant, step: number): void {
  if (picture.startedAt === undefined) return;
  const left = picture.pages.left;
  const last = picture.curve.at(-1);
  if (last !== undefined && (last.left === left || Math.abs(last.left - left) < step)) return;
  picture.curve.push({ at, left });
}

function emptyHost(): HostPicture {
  return { vmm: '', vm: 'absent', ran: [], console: '', failure: '', migration: 'none' };
}

function emptyPicture(): Picture {
  return {
    now: START,
    version: 0,
    scenario: '',
    seed: 0,
    pages: new PageBook(0),
    vm: '',
    hosts: [emptyHost(), emptyHost()],
    algorithm: '',
    format: '',
    status: 'none',
    statusReason: '',
    verdict: NO_VERDICT,
    startedAt: undefined,
    endedAt: undefined,
    stages: [],
    rounds: [],
    decision: undefined,
    downtime: undefined,
    clockLostNs: undefined,
    clockBehindAtFirstNs: 0,
    pausedByHand: false,
    terminal: { typed: 0, answered: 0, text: '' },
    outage: undefined,
    probes: [],
    probesLost: 0,
    lastRoundTripNs: undefined,
    switchTable: new Map(),
    arp: new Map(),
    link: undefined,
    messages: [],
    frames: [],
    framesDropped: 0,
    bytesSent: 0,
    parameters: new Map(),
    translation: undefined,
    verified: undefined,
    curve: [],
    notes: [],
  };
}
