/**
 * The destination's state machine: its phases, the transition table, and its whole state as plain
 * data. `destination-daemon.ts` carries the actions out.
 */

import { type Duration, duration, type Instant, START } from '../base/units.ts';
import type { MigrationStatus } from '../trace/event.ts';
import { type ChannelPlan, ONE_CHANNEL } from './channels.ts';
import { newSync, type SyncState } from './destination-channels.ts';
import { noPages, type PageSet } from './page-set.ts';
import type { PhaseRow, PhaseTable } from './phase-table.ts';
import { newWire, type WireState } from './wire.ts';

export const DESTINATION_PHASES = [
  'idle',
  'greeted',
  'offered',
  'chosen',
  'reserved',
  'receiving',
  'switching',
  'verifying',
  'ready',
  'pull',
  'postcopy-paused',
  'recovering',
  'completed',
  'cancelled',
  'failed',
] as const;
export type DestinationPhase = (typeof DESTINATION_PHASES)[number];

export type DestinationAction =
  | 'answer'
  | 'measure'
  | 'greet'
  | 'offer'
  | 'consider'
  | 'reserve'
  | 'open'
  | 'install'
  | 'note'
  | 'expect-state'
  | 'discard'
  | 'load-state'
  | 'expect-copies'
  | 'compare'
  | 'take-over'
  | 'peer-aborted'
  | 'deny'
  | 'reconnect'
  | 'resume-pull'
  | 'confirm';

type Row = PhaseRow<DestinationAction>;

const HEARTBEAT = { ping: 'answer', pong: 'measure' } as const;
/** Before GO there is nothing here but a copy that never ran: whatever goes wrong, it is destroyed. */
const guest = (on: Row['on'], awaitsAnswer: boolean): Row => ({
  on: { ...HEARTBEAT, abort: 'peer-aborted', ...on },
  otherwise: 'abort',
  silence: 'fail',
  cancel: 'cancel',
  awaitsAnswer,
});
const over: Row = {
  on: {},
  otherwise: 'ignore',
  silence: 'none',
  cancel: 'nothing',
  awaitsAnswer: false,
};

export const DESTINATION_TABLE: PhaseTable<DestinationPhase, DestinationAction> = {
  idle: { ...over, on: { hello: 'greet' } },
  greeted: guest({ capabilities: 'offer' }, true),
  offered: guest({ choose: 'consider' }, true),
  chosen: guest({ reserve: 'reserve' }, true),
  reserved: guest({ start: 'open' }, true),
  receiving: guest(
    { pages: 'install', 'round-end': 'note', 'dirty-summary': 'note', paused: 'expect-state' },
    false,
  ),
  switching: guest(
    {
      pages: 'install',
      'round-end': 'note',
      discard: 'discard',
      state: 'load-state',
      verify: 'expect-copies',
    },
    false,
  ),
  verifying: guest({ pages: 'compare', state: 'load-state' }, false),
  ready: guest({ go: 'take-over' }, true),
  pull: {
    on: {
      ...HEARTBEAT,
      pages: 'install',
      'page-response': 'install',
      go: 'confirm',
      resume: 'reconnect',
    },
    otherwise: 'pause',
    silence: 'pause',
    cancel: 'refuse',
    awaitsAnswer: false,
  },
  'postcopy-paused': { ...over, on: { go: 'confirm', resume: 'reconnect' }, cancel: 'refuse' },
  recovering: {
    on: { ...HEARTBEAT, ack: 'resume-pull', resume: 'reconnect' },
    otherwise: 'pause',
    silence: 'pause',
    cancel: 'refuse',
    awaitsAnswer: true,
  },
  completed: { ...over, on: { go: 'confirm', resume: 'reconnect' } },
  cancelled: { ...over, on: { go: 'deny' } },
  failed: { ...over, on: { go: 'deny' } },
};

export interface DestinationState {
  phase: DestinationPhase;
  status: MigrationStatus;
  reason: string;
  epoch: number;
  enteredAt: Instant;
  /** The session that the migration began with; a recovery takes another. */
  firstSession: number;
  /** Of the protocol, the newest that both ends speak. */
  version: number;
  plan: ChannelPlan;
  sync: SyncState;
  /** What the source offers. */
  peerVmm: string;
  peerAlgorithms: readonly string[];
  format: string;
  /** Empty until memory has been reserved. */
  vm: string;
  /** Pages whose newest content is here. */
  present: PageSet;
  /** Pages that DISCARD named and that have not come since: the source still has them. */
  elsewhere: PageSet;
  /** The VM was paused by hand, and does not run before somebody lets it. */
  byHand: boolean;
  /** Pages that are still to be compared. */
  uncompared: number;
  /** Pages asked for. */
  requested: PageSet;
  requests: number;
  /** The guest waits for this page. */
  blockedOn: number | undefined;
  blockedSince: Instant;
  blocktime: Duration;
  wire: WireState;
}

export function newDestination(
  now: Instant = START,
  epoch = 0,
  session = 0,
  bitsPerSecond = 1,
): DestinationState {
  return {
    phase: 'idle',
    status: 'none',
    reason: '',
    epoch,
    enteredAt: now,
    firstSession: session,
    version: 1,
    plan: ONE_CHANNEL,
    sync: newSync(),
    peerVmm: '',
    peerAlgorithms: [],
    format: '',
    vm: '',
    present: noPages(0),
    elsewhere: noPages(0),
    byHand: false,
    uncompared: 0,
    requested: noPages(0),
    requests: 0,
    blockedOn: undefined,
    blockedSince: now,
    blocktime: duration(0),
    wire: newWire(session, now, bitsPerSecond),
  };
}
