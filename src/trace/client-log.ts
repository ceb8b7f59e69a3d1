/** What the client saw, line by line, and how regularly it was answered and served. */
import type { Instant } from '../base/units.ts';
import type { LabEvent } from './event.ts';
import { Follow } from './follow.ts';

export type ClientEvent = Extract<
  LabEvent,
  {
    kind:
      | 'probe.answered'
      | 'probe.lost'
      | 'probe.duplicate'
      | 'fetch.started'
      | 'fetch.finished'
      | 'arp.updated';
  }
>;

export interface ClientLine {
  readonly event: ClientEvent;
  /** An answer to a request that was given up. */
  readonly late: boolean;
}

export interface AnswerMark {
  readonly at: Instant;
  /** Since the answer before it. */
  readonly gapNs: number;
  readonly late: boolean;
}

/** What a download brought in one stretch of time. */
export interface RateMark {
  readonly from: Instant;
  readonly at: Instant;
  readonly bytes: number;
}

export interface ClientLog {
  /** Oldest first. */
  lines: ClientLine[];
  forgotten: number;
  readonly answers: AnswerMark[];
  readonly losses: Instant[];
  readonly rates: RateMark[];
  readonly givenUp: Set<number>;
  lastAnswer: Instant | undefined;
  download: { at: Instant; bytes: number };
}

const LINES_MAX = 20_000;

export const followClient = (): Follow<ClientLog> => new Follow(emptyLog, foldClient);

export const emptyLog = (): ClientLog => ({
  lines: [],
  forgotten: 0,
  answers: [],
  losses: [],
  rates: [],
  givenUp: new Set(),
  lastAnswer: undefined,
  download: { at: 0 as Instant, bytes: 0 },
});

export function foldClient(log: ClientLog, event: LabEvent): void {
  switch (event.kind) {
    case 'probe.answered':
      answered(log, event);
      return;
    case 'probe.lost':
      log.givenUp.add(event.probe);
      log.losses.push(event.at);
      add(log, event);
      return;
    case 'fetch.started':
      log.download = { at: event.at, bytes: 0 };
      add(log, event);
      return;
    case 'fetch.progress':
      came(log, event.at, event.bytes);
      return;
    case 'fetch.finished':
      came(log, event.at, event.bytes);
      add(log, event);
      return;
    case 'probe.duplicate':
    case 'arp.updated':
      add(log, event);
      return;
    default:
  }
}

function answered(log: ClientLog, event: Extract<LabEvent, { kind: 'probe.answered' }>): void {
  const { at, probe } = event;
  const late = log.givenUp.has(probe);
  if (log.lastAnswer !== undefined) log.answers.push({ at, gapNs: at - log.lastAnswer, late });
  log.lastAnswer = at;
  add(log, event, late);
}

function came(log: ClientLog, at: Instant, bytes: number): void {
  const { download } = log;
  if (at > download.at)
    log.rates.push({ from: download.at, at, bytes: Math.max(0, bytes - download.bytes) });
  log.download = { at, bytes };
}

function add(log: ClientLog, event: ClientEvent, late = false): void {
  log.lines.push({ event, late });
  if (log.lines.length < 2 * LINES_MAX) return;
  log.lines = log.lines.slice(LINES_MAX);
  log.forgotten += LINES_MAX;
}
