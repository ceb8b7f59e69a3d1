/**
 * Folds the trace into the report of each migration, so that every figure is one the trace holds.
 * Names follow QEMU's `info migrate` and `query-migrate` (qapi/migration.json).
 */
import { earliest, type Instant, instant, NEVER, toMilliseconds } from '../base/units.ts';
import { compression, xbzrleCache } from '../trace/add-ons.ts';
import type { AddOnFigures, LabEvent, SlowdownCause } from '../trace/event.ts';
import { PAGE_EVENTS, pageIsZero, pageReason } from '../trace/event.ts';
import type { TraceVisitor } from '../trace/merge.ts';
import type { TraceChunk } from '../trace/recorder.ts';
import { begins, FINAL, isOver, judge, NO_VERDICT, type Verdict } from '../trace/verdict.ts';
import { placeOf, tell } from '../trace/whereabouts.ts';
import { markPause, NO_PAUSE, type PauseMarks, splitDowntime } from './downtime-split.ts';
import { countRam, NO_RAM } from './ram-figures.ts';
import type {
  CandidateReport,
  ChoiceReport,
  IterationReport,
  MigrationReport,
  MoveReport,
  PredictedReport,
  RamReport,
  SlowdownReport,
  StageReport,
  VerificationReport,
} from './report.ts';
import type { LabInput, Scenario } from './scenario.ts';

interface Round {
  readonly index: number;
  readonly startedAt: Instant;
  endedAt: Instant | undefined;
  dirty: number;
  sent: number;
  zero: number;
  bytes: number;
}

interface Stage {
  readonly stage: number;
  readonly name: string;
  readonly start: Instant;
  end: Instant | undefined;
}

/** Of one migration: everything folded so far, as plain data. */
export interface MoveState extends Verdict {
  algorithm: string;
  format: string;
  setupEndedAt: Instant | undefined;
  pause: PauseMarks;
  /** By which the guest's clock was behind when it came out of a file. */
  clockBehindAtFirstNs: number;
  rounds: Round[];
  stages: Stage[];
  transferredBytes: number;
  ram: RamReport;
  duplicatePages: number;
  pagesSent: number;
  /** Sendings of a page beyond its first. */
  pagesResent: number;
  everSent: number[];
  requests: number;
  blockedNs: number;
  lostNs: Record<SlowdownCause, number>;
  decision: { readonly action: string; readonly reason: string };
  addOns: AddOnFigures;
  choice: { readonly by: ChoiceReport['by']; readonly reason: string };
  candidates: readonly CandidateReport[];
  translationBytes: number;
  translationNs: number;
  expectedDowntimeNs: number;
  lastAnswerAt: Instant | undefined;
  longestGap: number;
  probesLost: number;
}

export interface ReportState {
  /** Migrations that another has followed, and when it did. */
  readonly earlier: readonly { readonly move: MoveState; readonly until: Instant }[];
  readonly move: MoveState;
  /** When a migration was last asked for by hand. */
  readonly askedAt: Instant | undefined;
}

const NO_FIGURES: AddOnFigures = {
  xbzrleCachePages: 0,
  xbzrlePages: 0,
  xbzrleBytes: 0,
  xbzrleCacheMiss: 0,
  xbzrleOverflow: 0,
  xbzrleUnchanged: 0,
  compressedPages: 0,
  compressedBytes: 0,
  cpuThrottlePercent: 0,
};

export class ReportBuilder implements TraceVisitor {
  private earlier: ReportState['earlier'];
  private state: MoveState;
  private sent: Set<number>;
  private readonly probeInterval: number;
  private readonly settings: Scenario['migration'];
  private asked: Instant | undefined;

  constructor({ network, migration }: Scenario, state?: ReportState) {
    this.probeInterval = Math.round(network.probeIntervalMs * 1e6);
    this.settings = migration;
    this.earlier = state ? state.earlier : [];
    this.state = state ? structuredCopy(state.move) : emptyMove();
    this.asked = state?.askedAt;
    this.sent = new Set(this.state.everSent);
  }

  /** Moment at which the last migration ended, whatever its outcome. */
  get endedAt(): Instant | undefined {
    return this.state.endedAt;
  }

  /** Moment at which somebody last asked for a migration. */
  get askedAt(): Instant | undefined {
    return this.asked;
  }

  /** The VM of the last migration has woken at its destination. */
  get arrived(): boolean {
    return this.state.arrived;
  }

  page(chunk: TraceChunk, row: number): void {
    const { state } = this;
    if (PAGE_EVENTS[chunk.pages.kind[row]] !== 'sent') return;
    const detail = chunk.pages.detail[row];
    const frame = chunk.pages.gfn[row];
    if (pageIsZero(detail)) state.duplicatePages++;
    state.pagesSent++;
    if (pageReason(detail) === 'demand') state.requests++;
    if (this.sent.has(frame)) state.pagesResent++;
    else this.sent.add(frame);
  }

  event(event: LabEvent): void {
    if (event.kind === 'lab.input' && (JSON.parse(event.input) as LabInput).kind === 'migrate')
      this.asked = event.at;
    if (begins(event)) this.begin(event.at);
    Object.assign(this.state, judge(this.state, event));
    this.fold(event);
  }

  /** Another migration, and another report. */
  private begin(at: Instant): void {
    const { state } = this;
    if (state.startedAt === undefined) return;
    const { lastAnswerAt, whereabouts, pause } = state;
    // What the moves before have cost the guest's clock is theirs.
    const clockBehindAtFirstNs = pause.clockBehindNs ?? state.clockBehindAtFirstNs;
    this.earlier = [...this.earlier, { move: { ...state, everSent: [] }, until: at }];
    this.state = { ...emptyMove(), lastAnswerAt, whereabouts, clockBehindAtFirstNs };
    this.sent = new Set();
  }

  private fold(event: LabEvent): void {
    const { state } = this;
    state.pause = markPause(state.pause, event, state.whereabouts.source);
    switch (event.kind) {
      case 'migration.negotiated':
        state.algorithm = event.algorithm;
        state.format = event.format;
        break;
      case 'stage.entered':
        state.stages.push({
          stage: event.stage,
          name: event.name,
          start: event.at,
          end: undefined,
        });
        if (event.stage >= 2 && state.setupEndedAt === undefined) state.setupEndedAt = event.at;
        break;
      case 'stage.left': {
        const stage = state.stages.findLast((candidate) => candidate.stage === event.stage);
        if (stage) stage.end = event.at;
        break;
      }
      case 'round.started':
        state.rounds.push({
          index: event.round,
          startedAt: event.at,
          endedAt: undefined,
          dirty: 0,
          sent: 0,
          zero: 0,
          bytes: 0,
        });
        break;
      case 'round.ended': {
        const round = state.rounds.at(-1);
        if (round)
          Object.assign(round, {
            endedAt: event.at,
            dirty: event.dirtied,
            sent: event.sent,
            zero: event.zero,
            bytes: event.bytes,
          });
        break;
      }
      case 'message.sent':
        if (event.party !== state.whereabouts.source) break;
        state.transferredBytes += event.bytes;
        state.ram = countRam(state.ram, event, {
          stands: state.pause.pausedAt !== undefined,
          arrived: state.arrived,
        });
        break;
      case 'state.translated':
        state.translationBytes = Math.max(state.translationBytes, event.bytes);
        state.translationNs += event.costNs;
        break;
      case 'decision':
        state.decision = { action: event.action, reason: event.reason };
        break;
      case 'migration.add-ons':
        if (!isOver(state)) state.addOns = addOnsIn(event);
        break;
      case 'choice.made':
        state.choice = { by: event.by, reason: event.reason };
        break;
      case 'choice.predicted':
        state.candidates = [...state.candidates, candidateIn(event)];
        break;
      case 'migration.estimate':
        state.expectedDowntimeNs = event.downtimeNs;
        break;
      case 'vm.loaded':
        state.clockBehindAtFirstNs = event.clockBehindNs;
        break;
      case 'vm.slowed':
        state.lostNs[event.cause] += event.lostNs;
        break;
      case 'vm.unblocked':
        state.blockedNs += event.waitedNs;
        break;
      case 'probe.answered':
        if (state.lastAnswerAt !== undefined)
          state.longestGap = Math.max(state.longestGap, event.at - state.lastAnswerAt);
        state.lastAnswerAt = event.at;
        break;
      case 'probe.lost':
        state.probesLost++;
        break;
      default:
        break;
    }
  }

  /** State for a checkpoint. */
  save(): ReportState {
    const { earlier, asked: askedAt } = this;
    return { earlier, askedAt, move: structuredCopy({ ...this.state, everSent: [...this.sent] }) };
  }

  /** As seen at `now`. */
  report(
    now: Instant,
    seed: number,
    vmms: readonly [string, string],
    verification: VerificationReport,
    traceHash: string,
  ): MigrationReport {
    const earlier = this.earlier.map(({ move, until }) => this.move(move, until, vmms));
    return { ...this.move(this.state, now, vmms), seed, earlier, verification, traceHash };
  }

  private move(state: MoveState, now: Instant, vmms: readonly [string, string]): MoveReport {
    const since = (start: Instant | undefined, end: Instant | undefined): number =>
      start === undefined || end === undefined ? 0 : toMilliseconds(instant(end - start));
    const { pausedAt, activatedAt, clockBehindNs } = state.pause;
    const moved = activatedAt !== undefined;
    const downtimeMs = moved ? since(pausedAt, activatedAt) : 0;
    const silence = state.lastAnswerAt === undefined ? 0 : now - state.lastAnswerAt;
    const gap = Math.max(silence, state.longestGap);
    const percent = slowdown(state).percent;
    const figures = {
      downtimeMs,
      totalTimeMs: since(state.startedAt, state.endedAt),
      slowdownPercent: percent,
      bytes: state.transferredBytes,
    };
    return {
      status: state.status,
      algorithm: state.algorithm,
      choice: this.choice(state, moved ? figures : undefined),
      source: vmms[state.whereabouts.source],
      destination: vmms[1 - state.whereabouts.source],
      startMs: state.startedAt === undefined ? 0 : toMilliseconds(state.startedAt),
      totalTimeMs: since(state.startedAt, state.endedAt),
      setupMs: since(state.startedAt, state.setupEndedAt),
      downtimeMs,
      downtimeSplit: splitDowntime(state.pause) ?? null,
      guestClockBehindMs:
        clockBehindNs === undefined ? null : (clockBehindNs - state.clockBehindAtFirstNs) / 1e6,
      expectedDowntimeMs: state.expectedDowntimeNs / 1e6,
      downtimeLimitMs: this.settings.downtimeLimitMs,
      downtimeLimitKept: moved ? downtimeMs <= this.settings.downtimeLimitMs : null,
      clientOutageMs: Math.max(0, gap - this.probeInterval) / 1e6,
      // One interval may pass, and as much again until the next answer is here.
      clientOutageOpen: silence > state.longestGap && silence > 2 * this.probeInterval,
      probesLost: state.probesLost,
      iterations: state.rounds.map(iteration),
      transferredBytes: state.transferredBytes,
      normalPages: normalPages(state),
      duplicatePages: state.duplicatePages,
      pagesResent: state.pagesResent,
      guestSlowdown: slowdown(state),
      addOns: state.addOns,
      xbzrleCache: xbzrleCache(state.addOns, state.pagesSent),
      compression: compression(state.addOns),
      ram: state.ram,
      postcopyRequests: state.requests,
      postcopyBlocktimeMs: state.blockedNs / 1e6,
      translation: {
        format: state.format,
        bytes: state.translationBytes,
        costMs: state.translationNs / 1e6,
      },
      stages: stageReports(state),
      decision: state.decision,
      error: this.trouble(state),
      vm: { place: placeOf(state.whereabouts), says: tell(state.whereabouts) },
    };
  }

  private choice(state: MoveState, figures: PredictedReport | undefined): ChoiceReport {
    const { choice, candidates, algorithm } = state;
    const { targets } = this.settings;
    const names = Object.keys(targets) as (keyof typeof targets)[];
    const wanted = choice.by === 'qos' ? names.filter((name) => targets[name] !== null) : [];
    const missed =
      figures === undefined ? [] : wanted.filter((name) => figures[name] > (targets[name] ?? 0));
    const held = figures === undefined || wanted.length === 0 ? null : missed.length === 0;
    const taken = candidates.find((candidate) => candidate.algorithm === algorithm);
    const predicted = taken === undefined ? null : figuresOf(taken);
    return { ...choice, predicted, held, missed, candidates };
  }

  /** Why it did not end well, if it did not. */
  private trouble({ status, reason, startedAt, decision, whereabouts }: MoveState): string | null {
    if (status === 'completed' || (startedAt === undefined && status === 'none')) return null;
    const lost = placeOf(whereabouts) === 'lost' ? `; the VM ${tell(whereabouts)}` : '';
    if (FINAL.includes(status)) return reason + lost;
    const limit = `not ended when the scenario's limit of ${this.settings.limitMs} ms was reached`;
    return `${limit}: ${reason === '' ? decision.reason : reason}${lost}`;
  }
}

/** QEMU's `normal`: pages that crossed as themselves. */
function normalPages({ pagesSent, duplicatePages, addOns }: MoveState): number {
  return pagesSent - duplicatePages - addOns.xbzrlePages - addOns.compressedPages;
}

function addOnsIn(event: Extract<LabEvent, { kind: 'migration.add-ons' }>): AddOnFigures {
  const { at: _, party: __, sequence: ___, kind: ____, ...figures } = event;
  return figures;
}

function candidateIn(event: Extract<LabEvent, { kind: 'choice.predicted' }>): CandidateReport {
  return {
    algorithm: event.algorithm,
    ends: event.ends,
    keepsTargets: event.keepsTargets,
    downtimeMs: event.downtimeNs / 1e6,
    totalTimeMs: event.totalTimeNs / 1e6,
    slowdownPercent: event.slowdownPercent,
    bytes: event.bytes,
  };
}

function figuresOf(candidate: CandidateReport): PredictedReport {
  const { downtimeMs, totalTimeMs, slowdownPercent, bytes } = candidate;
  return { downtimeMs, totalTimeMs, slowdownPercent, bytes };
}

function iteration(round: Round): IterationReport {
  return {
    index: round.index,
    dirtyPages: round.dirty,
    sentPages: round.sent,
    zeroPages: round.zero,
    bytes: round.bytes,
    startMs: toMilliseconds(round.startedAt),
    durationMs:
      round.endedAt === undefined ? 0 : toMilliseconds(instant(round.endedAt - round.startedAt)),
  };
}

/** The share is rounded to a hundredth of one per cent. */
function slowdown(state: MoveState): SlowdownReport {
  const { startedAt, endedAt, lostNs, blockedNs } = state;
  const { pausedAt, activatedAt } = state.pause;
  const lost = Object.values(lostNs).reduce((sum, ns) => sum + ns, blockedNs);
  const stood = pausedAt !== undefined && activatedAt !== undefined ? activatedAt - pausedAt : 0;
  const ran = startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt - stood : 0;
  return {
    percent: ran > 0 ? Math.round((lost * 10_000) / ran) / 100 : 0,
    dirtyFaultsMs: lostNs['dirty-faults'] / 1e6,
    throttledMs: lostNs.throttle / 1e6,
    stalledMs: lostNs['stalled-writes'] / 1e6,
    blockedMs: blockedNs / 1e6,
  };
}

/** A stage that the source never left, or left when the VM had long moved, ends with the migration. */
function stageReports({ stages, endedAt }: MoveState): StageReport[] {
  const over = endedAt ?? NEVER;
  return stages
    .filter(({ start }) => start <= over)
    .map(({ stage, name, start, end = endedAt ?? start }) => ({
      stage,
      name,
      startMs: toMilliseconds(start),
      endMs: toMilliseconds(earliest(end, over)),
    }));
}

function structuredCopy(state: MoveState): MoveState {
  return {
    ...state,
    lostNs: { ...state.lostNs },
    rounds: state.rounds.map((round) => ({ ...round })),
    stages: state.stages.map((stage) => ({ ...stage })),
    everSent: [...state.everSent],
  };
}

function emptyMove(): MoveState {
  return {
    ...NO_VERDICT,
    algorithm: '',
    format: '',
    setupEndedAt: undefined,
    pause: NO_PAUSE,
    rounds: [],
    stages: [],
    clockBehindAtFirstNs: 0,
    transferredBytes: 0,
    ram: NO_RAM,
    duplicatePages: 0,
    pagesSent: 0,
    pagesResent: 0,
    everSent: [],
    requests: 0,
    blockedNs: 0,
    decision: { action: '', reason: '' },
    addOns: NO_FIGURES,
    choice: { by: 'user', reason: '' },
    candidates: [],
    lostNs: { 'dirty-faults': 0, throttle: 0, 'stalled-writes': 0 },
    translationBytes: 0,
    translationNs: 0,
    expectedDowntimeNs: 0,
    lastAnswerAt: undefined,
    longestGap: 0,
    probesLost: 0,
  };
}
