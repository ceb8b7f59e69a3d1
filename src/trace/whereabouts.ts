/**
 * Where the VM of a migration is, told from the trace: who owns it, whether that host lives, and
 * whether it has all its pages. What a host that has failed can no longer say is known all the same.
 */
import type { Instant } from '../base/units.ts';
import { HOST_A, HOST_B, type LabEvent, type Party } from './event.ts';

export type VmPlace = 'source' | 'destination' | 'both' | 'in doubt' | 'lost';
type Standing = 'runs' | 'stands still' | 'is paused by hand' | 'has ended';

/** As plain data. */
export interface Whereabouts {
  readonly source: Party;
  /** Why a host failed, by party; undefined: it lives. */
  readonly failures: readonly [string | undefined, string | undefined];
  /** The token that GO carries. */
  readonly owner: 'source' | 'in flight' | 'destination';
  /** Since when the destination has every page. */
  readonly wholeAt: Instant | undefined;
  /** The destination has let go: GO, if it comes, finds no copy. */
  readonly copyGone: boolean;
  readonly standing: Standing;
}

export const AT_FIRST: Whereabouts = {
  source: HOST_A,
  failures: [undefined, undefined],
  owner: 'source',
  wholeAt: undefined,
  copyGone: false,
  standing: 'runs',
};

/** Another migration begins, at the host that has the VM. */
export function setOut(now: Whereabouts, source: Party): Whereabouts {
  return { ...AT_FIRST, source, failures: now.failures, standing: now.standing };
}

export function follow(now: Whereabouts, event: LabEvent): Whereabouts {
  const atSource = event.party === now.source;
  switch (event.kind) {
    case 'vm.paused':
      return { ...now, standing: 'stands still' };
    case 'vm.resumed':
      return { ...now, owner: 'source', standing: 'runs' };
    case 'vm.activated':
      return { ...now, owner: 'destination', standing: 'runs', wholeAt: now.wholeAt && event.at };
    case 'vm.paused-by-hand':
      return { ...now, standing: 'is paused by hand' };
    case 'vm.resumed-by-hand':
      return { ...now, standing: 'runs' };
    case 'vm.stopped':
      return { ...now, standing: 'has ended' };
    case 'message.sent':
      return atSource && event.type === 'go' && now.owner === 'source'
        ? { ...now, owner: 'in flight' }
        : now;
    case 'migration.status':
      return event.role === 'destination' && !atSource ? heard(now, event) : now;
    case 'party.failed':
      return { ...now, failures: failed(now.failures, event.party, event.cause) };
    default:
      return now;
  }
}

function heard(
  now: Whereabouts,
  { at, status }: Extract<LabEvent, { kind: 'migration.status' }>,
): Whereabouts {
  if (status === 'completed') return { ...now, owner: 'destination', wholeAt: at };
  if (status === 'postcopy-active') return { ...now, owner: 'destination' };
  return { ...now, copyGone: status === 'failed' || status === 'cancelled' };
}

function failed(
  failures: Whereabouts['failures'],
  party: Party,
  cause: string,
): Whereabouts['failures'] {
  return party === HOST_B ? [failures[0], cause] : [cause, failures[1]];
}

const failures = ({ source, failures: [a, b] }: Whereabouts) =>
  source === HOST_A ? ([a, b] as const) : ([b, a] as const);

export function placeOf(now: Whereabouts): VmPlace {
  const [source, destination] = failures(now).map((cause) => cause !== undefined);
  switch (now.owner) {
    case 'source':
      return source ? 'lost' : 'source';
    case 'in flight':
      return source && (destination || now.copyGone) ? 'lost' : 'in doubt';
    case 'destination':
      if (destination) return 'lost';
      if (now.wholeAt !== undefined) return 'destination';
      return source ? 'lost' : 'both';
  }
}

/** The host that has the VM, as far as anybody knows; undefined: it is lost. */
export function hostOf(now: Whereabouts): Party | undefined {
  const place = placeOf(now);
  if (place === 'lost') return undefined;
  const stays = place === 'source' || place === 'in doubt';
  return stays === (now.source === HOST_A) ? HOST_A : HOST_B;
}

/** What is to be said of the VM, in a sentence without its subject. */
export function tell(now: Whereabouts): string {
  const [source] = failures(now);
  switch (placeOf(now)) {
    case 'source':
      return `${now.standing} at the source`;
    case 'destination': {
      const here = `${now.standing} at the destination, with all its pages`;
      return source === undefined ? here : `${here}; the source's host has failed: ${source}`;
    }
    case 'both':
      return `${now.standing} at the destination on the pages that are there, the rest is at the source`;
    case 'in doubt':
      return source === undefined
        ? 'may run at the destination, which has not said so, and stands still at the source'
        : `runs at the destination if GO comes there; the source's host has failed: ${source}`;
    case 'lost':
      return loss(now);
  }
}

function loss(now: Whereabouts): string {
  if (now.owner === 'destination' && now.wholeAt === undefined)
    return 'is lost: in the pull each host had only a part of it';
  if (now.owner === 'destination') return "is lost with the destination's host";
  return now.owner === 'source'
    ? "is lost with the source's host"
    : "is lost: the source's host had it, and GO found no copy";
}
