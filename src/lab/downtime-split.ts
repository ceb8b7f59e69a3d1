/**
 * What the VM's downtime was spent on, in the four parts that Cloud Hypervisor tells apart too
 * (final iteration, state, sending it, completion). Each ends where the next begins, so that they
 * add up to the downtime.
 */
import { type Instant, toMilliseconds } from '../base/units.ts';
import type { LabEvent, Party } from '../trace/event.ts';
import type { DowntimeSplit } from './report.ts';

/** Moments of the pause, as plain data; all of the latest pause. */
export interface PauseMarks {
  readonly pausedAt: Instant | undefined;
  /** The last page of the pause was handed to the port. */
  readonly roundEndedAt: Instant | undefined;
  /** Saving and translating at the source. */
  readonly stateNs: number;
  /** CPU and devices are at the destination. */
  readonly stateReceivedAt: Instant | undefined;
  readonly activatedAt: Instant | undefined;
  /** By which the guest's clock was then behind. */
  readonly clockBehindNs: number | undefined;
}

export const NO_PAUSE: PauseMarks = {
  pausedAt: undefined,
  roundEndedAt: undefined,
  stateNs: 0,
  stateReceivedAt: undefined,
  activatedAt: undefined,
  clockBehindNs: undefined,
};

export function markPause(marks: PauseMarks, event: LabEvent, source: Party): PauseMarks {
  if (event.kind === 'vm.paused') return { ...NO_PAUSE, pausedAt: event.at };
  if (marks.pausedAt === undefined || marks.activatedAt !== undefined) return marks;
  switch (event.kind) {
    case 'round.ended':
      return { ...marks, roundEndedAt: event.at };
    case 'state.saved':
    case 'state.translated':
      return event.party === source ? { ...marks, stateNs: event.costNs } : marks;
    case 'message.received':
      return event.party !== source && event.type === 'state'
        ? { ...marks, stateReceivedAt: event.at }
        : marks;
    case 'vm.activated':
      return { ...marks, activatedAt: event.at, clockBehindNs: event.clockBehindNs };
    default:
      return marks;
  }
}

/** Undefined: the VM did not move. */
export function splitDowntime(marks: PauseMarks): DowntimeSplit | undefined {
  const { pausedAt, stateNs, stateReceivedAt, activatedAt } = marks;
  if (pausedAt === undefined || stateReceivedAt === undefined || activatedAt === undefined)
    return undefined;
  const roundEndedAt = marks.roundEndedAt ?? pausedAt;
  const span = (from: number, to: number): number => toMilliseconds((to - from) as Instant);
  return {
    lastRoundMs: span(pausedAt, roundEndedAt),
    stateMs: span(0, stateNs),
    sendMs: span(roundEndedAt + stateNs, stateReceivedAt),
    resumeMs: span(stateReceivedAt, activatedAt),
  };
}
