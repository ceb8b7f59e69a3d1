/**
 * The source's state machine: its phases, the transition table, and its whole state as plain data.
 * `source-daemon.ts` carries the actions out.
 */

import { type Instant, START } from '../base/units.ts';
import type { MigrationStatus } from '../trace/event.ts';
import type { Convergence } from './auto-converge.ts';
import { type ChannelPlan, ONE_CHANNEL } from './channels.ts';
import type { MigrationRequest } from './daemon.ts';
import { newPageCache, type PageCache } from './page-cache.ts';
import { newSender, type SenderState } from './page-sender.ts';
import { noPages, type PageSet } from './page-set.ts';
import type { PhaseRow, PhaseTable } from './phase-table.ts';
import { defaultSettings } from './settings.ts';
import type { SurveyState } from './source-choice.ts';
import { type Counters, newCounters } from './statistics.ts';
import { newWire, type WireState } from './wire.ts';

export const SOURCE_PHASES = [
  'idle',
  'greeting',
  'offering',
  'surveying',
  'choosing',
  'reserving',
  'sampling',
  'iterating',
  'suspending',
  'stopping',
  'verifying',
  'preparing',
  'committed',
  'pull',
  'postcopy-paused',
  'recovering',
  'cancelling',
  'in-doubt',
  'completed',
  'cancelled',
  'failed',
] as const;
export type SourcePhase = (typeof SOURCE_PHASES)[number];

export type SourceAction =
  | 'answer'
  | 'measure'
  | 'agree-version'
  | 'choose'
  | 'reserve'
  | 'begin'
  | 'commit'
  | 'hand-over'
  | 'respond'
  | 'finish'
  | 'refused'
  | 'peer-aborted'
  | 'take-back'
  | 'settle'
  | 'reconcile'
  | 'pause-again';

type Row = PhaseRow<SourceAction>;

const HEARTBEAT = { ping: 'answer', pong: 'measure' } as const;
/** Before GO the VM is the source's own: whatever goes wrong, it runs on here. */
const owning = (on: Row['on'], awaitsAnswer: boolean): Row => ({
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

export const SOURCE_TABLE: PhaseTable<SourcePhase, SourceAction> = {
  idle: over,
  greeting: owning({ hello: 'agree-version', refused: 'refused' }, true),
  offering: owning({ capabilities: 'choose', refused: 'refused' }, true),
  surveying: owning({ refused: 'refused' }, false),
  choosing: owning({ ack: 'reserve', refused: 'refused' }, true),
  reserving: owning({ reserved: 'begin', refused: 'refused' }, true),
  sampling: owning({}, false),
  iterating: owning({}, false),
  suspending: owning({}, true),
  stopping: owning({}, false),
  verifying: owning({}, false),
  preparing: owning({ ready: 'commit' }, true),
  committed: {
    on: { ...HEARTBEAT, started: 'hand-over', abort: 'take-back' },
    otherwise: 'ignore',
    silence: 'doubt',
    cancel: 'refuse',
    awaitsAnswer: true,
  },
  pull: {
    on: { ...HEARTBEAT, 'page-request': 'respond', complete: 'finish' },
    otherwise: 'pause',
    silence: 'pause',
    cancel: 'refuse',
    awaitsAnswer: false,
  },
  'postcopy-paused': { ...over, cancel: 'refuse' },
  recovering: {
    on: { ...HEARTBEAT, received: 'reconcile', complete: 'finish', refused: 'pause-again' },
    otherwise: 'pause',
    silence: 'pause',
    cancel: 'refuse',
    awaitsAnswer: true,
  },
  cancelling: {
    on: { ...HEARTBEAT, ack: 'settle', abort: 'settle', refused: 'settle' },
    otherwise: 'ignore',
    silence: 'settle',
    cancel: 'nothing',
    awaitsAnswer: true,
  },
  'in-doubt': { ...over, on: { started: 'hand-over', abort: 'take-back' }, cancel: 'refuse' },
  completed: over,
  cancelled: over,
  failed: over,
};

export interface SourceState {
  phase: SourcePhase;
  status: MigrationStatus;
  /** Counts migrations: a timer of an earlier one is stale. */
  epoch: number;
  enteredAt: Instant;
  /** The session that the migration began with; a recovery takes another. */
  firstSession: number;
  stage: number | undefined;
  request: MigrationRequest;
  /** Id of the algorithm that decides now. */
  algorithm: string;
  peerVmm: string;
  peerAlgorithms: readonly string[];
  peerEncodings: readonly string[];
  /** Of the protocol, the newest that both ends speak. */
  version: number;
  plan: ChannelPlan;
  /** The page channel whose turn it is. */
  turn: number;
  /** Page channels that the peer can take. */
  peerChannels: number;
  /** Contents that the destination has, for XBZRLE. */
  cache: PageCache;
  convergence: Convergence;
  /** Of STATE; the peer's own native format when both ends have the same. */
  format: string;
  /** Id of the message whose ACK is awaited. */
  question: number;
  sender: SenderState;
  /** Pages to be compared that have not gone once more. */
  unverified: PageSet;
  /** Pages seen written while writes were watched; they are left out of the round that holds. */
  workingSet: PageSet;
  /** A round that has begun has not ended. */
  inRound: boolean;
  survey: SurveyState | undefined;
  /** Bits a second that this round may take; 0: as many as the port. */
  rateLimit: number;
  /** The next pages may go then. */
  pacedUntil: Instant;
  /** When the timer for that is set. */
  wakesAt: Instant;
  /** The destination asked for a page then, or began to run. */
  requestedAt: Instant;
  logging: boolean;
  /** The VM was paused by this migration. */
  paused: boolean;
  /** A guest was asked to suspend itself and has not done so yet. */
  asked: boolean;
  /** Pending pages follow after the destination has started. */
  deferred: boolean;
  pushing: boolean;
  counters: Counters;
  wire: WireState;
}

const NO_REQUEST: MigrationRequest = {
  vm: '',
  algorithm: '',
  settings: defaultSettings(1),
};

export function newSource(
  now: Instant = START,
  epoch = 0,
  request = NO_REQUEST,
  session = 0,
): SourceState {
  return {
    phase: 'idle',
    status: 'none',
    epoch,
    enteredAt: now,
    firstSession: session,
    stage: undefined,
    request,
    algorithm: request.algorithm,
    peerVmm: '',
    peerAlgorithms: [],
    peerEncodings: [],
    version: 1,
    plan: ONE_CHANNEL,
    turn: 0,
    peerChannels: 0,
    cache: newPageCache(request.settings.addOns.xbzrleCachePages),
    convergence: { percent: 0, high: 0 },
    format: '',
    question: 0,
    sender: newSender(0),
    unverified: noPages(0),
    workingSet: noPages(0),
    inRound: false,
    survey: undefined,
    rateLimit: 0,
    pacedUntil: now,
    wakesAt: now,
    requestedAt: now,
    logging: false,
    paused: false,
    asked: false,
    deferred: false,
    pushing: false,
    counters: newCounters(now, request.algorithm),
    wire: newWire(session, now, request.settings.bitsPerSecond),
  };
}
