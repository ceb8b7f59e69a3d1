/** What the charts show of a run until the moment shown, taken from its trace: numbers without places or colours. */
import type { Instant } from '../base/units.ts';
import { type LabEvent, PAGE_REASONS, type PageReason } from '../trace/event.ts';
import type { Picture } from '../trace/picture.ts';
import type { SendTally } from './history.ts';

export interface RoundFigures {
  readonly round: number;
  readonly sent: number;
  /** Distinct pages written while the round was sent; undefined while it lasts, and in a pull. */
  readonly dirtied: number | undefined;
  /** Pages whose newest contents were still to be sent when it ended; undefined in a pull. */
  readonly left: number | undefined;
  /** The VM stood still. */
  readonly paused: boolean;
}

/** One entry for each round that has ended. */
export function roundFigures({ rounds, downtime, pages }: Picture): RoundFigures[] {
  return rounds
    .filter(({ to }) => to !== undefined)
    .map(({ round, from, sent, dirtied }, i) => {
      const paused = downtime !== undefined && from >= downtime.from;
      const pulled = downtime?.to !== undefined && from >= downtime.to;
      const next = rounds[i + 1];
      // Nothing else leaves the source between a round's end and the next one's beginning.
      const left = next?.pending ?? (paused ? pages.left : dirtied);
      const ofPull = { dirtied: undefined, left: undefined };
      return { round, sent, paused, ...(pulled ? ofPull : { dirtied, left }) };
    });
}

export interface ReasonFigures {
  readonly reason: PageReason | 'other';
  readonly pages: number;
  readonly zero: number;
  readonly bytes: number;
}

/** The migration's bytes by why they crossed; `other` is all that is no page: state and agreement. */
export function reasonFigures(
  sends: readonly SendTally[],
  { now, bytesSent, startedAt = now }: Picture,
): ReasonFigures[] {
  const sums = PAGE_REASONS.map((reason) => {
    const sum = { reason, pages: 0, zero: 0, bytes: 0 };
    for (const send of sends) {
      // An earlier migration's are not of this one.
      if (send.reason !== reason || send.at < startedAt || send.at >= now) continue;
      sum.pages += send.pages;
      sum.zero += send.zero;
      sum.bytes += send.bytes;
    }
    return { ...sum, bytes: Math.round(sum.bytes) };
  });
  const inPages = sums.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...sums, { reason: 'other', pages: 0, zero: 0, bytes: Math.max(0, bytesSent - inPages) }];
}

export interface SpeedSlot {
  readonly from: number;
  readonly to: number;
  /** Share of the time in which guest code ran. */
  readonly share: number;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Share of it that counts. */
  readonly weight: number;
}

/** The guest's speed as the share of time in which it ran, in equal slots from `from` to the moment shown. */
export function guestSpeed(
  picture: Picture,
  events: readonly LabEvent[],
  from: number,
  slots: number,
): SpeedSlot[] {
  const { now } = picture;
  if (now <= from) return [];
  const ran: Stretch[] = picture.hosts.flatMap((host) =>
    host.ran.map((span) => ({ from: span.from, to: span.to ?? now, weight: 1 })),
  );
  const lost = losses(events, now, from);
  const width = (now - from) / slots;
  return Array.from({ length: slots }, (_, i) => {
    const slot = { from: from + i * width, to: from + (i + 1) * width };
    const share = (within(ran, slot) - within(lost, slot)) / width;
    return { ...slot, share: Math.min(1, Math.max(0, share)) };
  });
}

/**
 * Time that was taken from a guest that was not paused: what the trace sums up lies evenly over the
 * time since the last sum, a wait for a page lies where it was.
 */
function losses(events: readonly LabEvent[], now: Instant, start: number): Stretch[] {
  const lost: Stretch[] = [];
  const summed = new Map<string, number>();
  let waits: number | undefined;
  for (const event of events) {
    if (event.at >= now) break;
    if (event.at < start) continue;
    if (event.kind === 'vm.slowed') {
      const since = Math.min(summed.get(event.cause) ?? start, event.at - event.lostNs);
      summed.set(event.cause, event.at);
      const weight = event.at > since ? event.lostNs / (event.at - since) : 0;
      lost.push({ from: since, to: event.at, weight });
    }
    if (event.kind === 'vm.blocked') waits = event.at;
    if (event.kind === 'vm.unblocked') {
      lost.push({ from: event.at - event.waitedNs, to: event.at, weight: 1 });
      waits = undefined;
    }
  }
  if (waits !== undefined) lost.push({ from: waits, to: now, weight: 1 });
  return lost;
}

function within(stretches: readonly Stretch[], slot: { from: number; to: number }): number {
  let sum = 0;
  for (const { from, to, weight } of stretches) {
    const shared = Math.min(to, slot.to) - Math.max(from, slot.from);
    if (shared > 0) sum += shared * weight;
  }
  return sum;
}
