/**
 * How a migration stands and when it was over, told from the trace alone: the report and the page's
 * picture both have it from here. The source has the last word, for as long as its host lives.
 */
import type { Instant } from '../base/units.ts';
import type { LabEvent, MigrationStatus, Party } from './event.ts';
import { AT_FIRST, follow, placeOf, setOut, type Whereabouts } from './whereabouts.ts';

export interface Verdict {
  readonly status: MigrationStatus;
  readonly reason: string;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  /** The VM has woken at the destination. */
  readonly arrived: boolean;
  readonly whereabouts: Whereabouts;
}

export const NO_VERDICT: Verdict = {
  status: 'none',
  reason: '',
  startedAt: undefined,
  endedAt: undefined,
  arrived: false,
  whereabouts: AT_FIRST,
};

export const FINAL: readonly MigrationStatus[] = ['completed', 'failed', 'cancelled'];

/** A migration begins with the source's setup. */
export const begins = (event: LabEvent): boolean =>
  event.kind === 'migration.status' && event.role === 'source' && event.status === 'setup';

export function judge(before: Verdict, event: LabEvent): Verdict {
  const now = begins(event) ? begun(before, event.at, event.party) : before;
  const told = {
    ...now,
    whereabouts: follow(now.whereabouts, event),
    arrived: now.arrived || event.kind === 'vm.activated',
  };
  const mine = event.party === told.whereabouts.source;
  const counts =
    event.kind === 'migration.status' && event.role === 'source' && mine && !isOver(told);
  return settle(counts ? ruled(told, event.at, event.status, event.reason) : told, event.at);
}

const begun = ({ whereabouts }: Verdict, at: Instant, source: Party): Verdict => ({
  ...NO_VERDICT,
  startedAt: at,
  whereabouts: setOut(whereabouts, source),
});

const ruled = (now: Verdict, at: Instant, status: MigrationStatus, reason: string): Verdict => ({
  ...now,
  status,
  reason,
  endedAt: FINAL.includes(status) ? at : undefined,
});

/** What the source says from here on is not of this migration. After GO a failure is a doubt that may be resolved. */
export function isOver({ endedAt, status, whereabouts }: Verdict): boolean {
  if (endedAt === undefined) return false;
  const doubt = status === 'failed' && whereabouts.owner !== 'source';
  return !doubt || placeOf(whereabouts) === 'lost';
}

/**
 * A host that has failed cannot say how the migration ended. A destination that fails is for the
 * source to notice, unless the VM is lost with it.
 */
function settle(now: Verdict, at: Instant): Verdict {
  const { whereabouts, startedAt, status, arrived } = now;
  const { source, failures, wholeAt } = whereabouts;
  const place = placeOf(whereabouts);
  const mine = failures[source];
  if (startedAt === undefined || status === 'completed') return now;
  if (mine !== undefined && place === 'destination' && arrived)
    return ruled(now, wholeAt ?? at, 'completed', '');
  if (now.endedAt !== undefined) return now;
  const theirs = failures[1 - source];
  if (mine !== undefined) return ruled(now, at, 'failed', `the source's host failed: ${mine}`);
  return theirs !== undefined && place === 'lost'
    ? ruled(now, at, 'failed', `the destination's host failed: ${theirs}`)
    : now;
}
