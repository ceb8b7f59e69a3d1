/**
 * Every message of the migration protocol, types first. The set is this project's own, modelled on
 * QEMU's MIG_CMD_ and MIG_RP_MSG_ commands, on xl's handshake and on Cloud Hypervisor's protocol.
 * PROTOCOL.md says when each may be sent; `message-bodies.ts` says which bytes it is.
 */
import type { PageReason } from '../trace/event.ts';
import type { ChannelPlan } from './channels.ts';

/** Number of each type on the wire. 0 is invalid, so that a zeroed buffer is never a message. */
export const MESSAGE_TYPES = {
  hello: 1,
  capabilities: 2,
  choose: 3,
  reserve: 4,
  reserved: 5,
  refused: 6,
  start: 7,
  pages: 8,
  'round-end': 9,
  'dirty-summary': 10,
  paused: 11,
  state: 12,
  ready: 13,
  go: 14,
  started: 15,
  'page-request': 16,
  'page-response': 17,
  discard: 18,
  complete: 19,
  abort: 20,
  ping: 21,
  pong: 22,
  ack: 23,
  resume: 24,
  received: 25,
  verify: 26,
} as const;
export type MessageType = keyof typeof MESSAGE_TYPES;
export const MESSAGE_NAMES = Object.keys(MESSAGE_TYPES) as readonly MessageType[];

/** Why a migration ends early, or why a request is refused. Numbers on the wire count from 1. */
export const FAILURE_CODES = [
  'no-common-version',
  'no-common-algorithm',
  'no-common-format',
  'out-of-memory',
  'no-such-vm',
  'busy',
  'cancelled',
  'link-lost',
  'no-answer',
  'message-lost',
  'bad-message',
  'unexpected-message',
  'bad-page',
  'incomplete-image',
  'bad-state',
  'algorithm-gave-up',
  'no-copy-here',
  'guest-stopped',
  'no-such-feature',
  'not-admitted',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export interface MigrationFailure {
  readonly code: FailureCode;
  readonly message: string;
}

/** How pages may be coded beside whole and zero; an end uses only what the other has named. */
export const PAGE_ENCODINGS = ['delta', 'deflate'] as const;
export type PageEncoding = (typeof PAGE_ENCODINGS)[number];

/** Contiguous guest frames of one kind. */
export type PageRun =
  /** One page: changes against what the destination has (XBZRLE), or packed. */
  | {
      readonly kind: PageEncoding;
      readonly gfn: number;
      readonly count: 1;
      readonly reason: PageReason;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'full';
      readonly gfn: number;
      readonly count: number;
      readonly reason: PageReason;
      /** `count` × 4096 bytes. */
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'zero';
      readonly gfn: number;
      readonly count: number;
      readonly reason: PageReason;
    };

export interface FrameRun {
  readonly gfn: number;
  readonly count: number;
}

/** First words of both ends: framing versions understood, rate of the own port. */
export interface Hello {
  readonly type: 'hello';
  readonly oldestVersion: number;
  readonly newestVersion: number;
  readonly bitsPerSecond: number;
}

/** What an end offers; see `VmmOffer`. */
export interface Capabilities {
  readonly type: 'capabilities';
  readonly vmm: string;
  readonly nativeFormat: string;
  readonly algorithms: readonly string[];
  /** Since version 2; an end of version 1 has none. */
  readonly encodings: readonly string[];
  /** Since version 3: page channels that this end can take; 0: nothing said, which means one. */
  readonly channels: number;
}

export interface Choose {
  readonly type: 'choose';
  readonly algorithm: string;
  /** Of STATE: the common format, or a native one that both ends speak. */
  readonly format: string;
  /** Since version 3; an end of an older one has `ONE_CHANNEL`. */
  readonly plan: ChannelPlan;
}

export interface Reserve {
  readonly type: 'reserve';
  readonly vm: string;
  readonly pages: number;
  readonly instructionNs: number;
  /** CPU features that the VM was offered; since version 5. */
  readonly features: readonly string[];
}

export interface Reserved {
  readonly type: 'reserved';
  readonly freeFrames: number;
}

export interface Refused extends MigrationFailure {
  readonly type: 'refused';
}

export interface Start {
  readonly type: 'start';
  readonly pages: number;
}

export interface Pages {
  readonly type: 'pages';
  readonly round: number;
  readonly runs: readonly PageRun[];
}

export interface RoundEnd {
  readonly type: 'round-end';
  readonly round: number;
  readonly sent: number;
  readonly zero: number;
}

/** Distinct pages dirtied while the round was sent. */
export interface DirtySummary {
  readonly type: 'dirty-summary';
  readonly round: number;
  readonly dirtied: number;
}

/** No instruction retires at the source from here on. */
export interface Paused {
  readonly type: 'paused';
  readonly retired: bigint;
  /** Pages the destination still lacks. */
  readonly remaining: number;
  /** Since version 4: paused by hand, and to stay so at the destination. */
  readonly byHand: boolean;
}

export interface State {
  readonly type: 'state';
  readonly format: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The image is whole and valid; nothing runs yet. */
export interface Ready {
  readonly type: 'ready';
  readonly present: number;
  readonly missing: number;
}

/** The point of no return: whoever receives this owns the VM. */
export interface Go {
  readonly type: 'go';
}

export interface Started {
  readonly type: 'started';
  readonly retired: bigint;
}

export interface PageRequest {
  readonly type: 'page-request';
  readonly gfn: number;
}

/** What a PAGE-REQUEST asked for, in the form of PAGES. */
export interface PageResponse {
  readonly type: 'page-response';
  readonly round: number;
  readonly runs: readonly PageRun[];
}

/** Frames whose copy at the destination, if there is one, is not the newest. */
export interface Discard {
  readonly type: 'discard';
  readonly runs: readonly FrameRun[];
}

/** Every page has arrived: the source may free the memory. */
export interface Complete {
  readonly type: 'complete';
  readonly requests: number;
  readonly blockedNs: number;
}

export interface Abort extends MigrationFailure {
  readonly type: 'abort';
}

export interface Ping {
  readonly type: 'ping';
  readonly sentAt: number;
  /** Since version 3: how many messages have left on this channel before it [AB-8]. */
  readonly last: number | undefined;
}

export interface Pong {
  readonly type: 'pong';
  /** `sentAt` of the PING that it answers. */
  readonly sentAt: number;
}

export interface Ack {
  readonly type: 'ack';
  /** Id of the message that was carried out. */
  readonly of: number;
}

/** A paused pull is to go on, under this frame's session. */
export interface Resume {
  readonly type: 'resume';
  /** The session that the migration began with. */
  readonly first: number;
  readonly vm: string;
}

/** What the destination has: one bit a page, the first in bit 0 of word 0. */
export interface ReceivedPages {
  readonly type: 'received';
  readonly pages: number;
  readonly words: Uint32Array<ArrayBuffer>;
}

/** So many pages come once more, to be compared with what is there (Xen's VERIFY record). */
export interface Verify {
  readonly type: 'verify';
  readonly pages: number;
}

export type Message =
  | Hello
  | Capabilities
  | Choose
  | Reserve
  | Reserved
  | Refused
  | Start
  | Pages
  | RoundEnd
  | DirtySummary
  | Paused
  | State
  | Ready
  | Go
  | Started
  | PageRequest
  | PageResponse
  | Discard
  | Complete
  | Abort
  | Ping
  | Pong
  | Ack
  | Resume
  | ReceivedPages
  | Verify;

export type MessageOf<Type extends MessageType> = Extract<Message, { type: Type }>;

/** Heartbeats stand outside the sequence: one that is lost or late does no harm. */
export const isHeartbeat = (type: MessageType): boolean => type === 'ping' || type === 'pong';
