/** One message of every type, valid by itself. */
import { PAGE_SIZE } from '../../src/base/units.ts';
import type { Message, MessageOf, MessageType } from '../../src/migration/messages.ts';

const page = (fill: number): Uint8Array<ArrayBuffer> => new Uint8Array(PAGE_SIZE).fill(fill);

export const SAMPLES: { readonly [Type in MessageType]: MessageOf<Type> } = {
  hello: { type: 'hello', oldestVersion: 1, newestVersion: 4, bitsPerSecond: 100_000_000 },
  capabilities: {
    type: 'capabilities',
    vmm: 'xen',
    nativeFormat: 'xen-native',
    algorithms: ['pre-copy', 'pull'],
    encodings: ['delta', 'deflate'],
    channels: 16,
  },
  choose: {
    type: 'choose',
    algorithm: 'pre-copy',
    format: 'vmcf',
    plan: { pages: 4, urgent: true },
  },
  reserve: {
    type: 'reserve',
    vm: 'vm1',
    pages: 1024,
    instructionNs: 50,
    features: ['486', 'pae'],
  },
  reserved: { type: 'reserved', freeFrames: 77 },
  refused: {
    type: 'refused',
    code: 'out-of-memory',
    message: '1024 frames are wanted, 77 are free',
  },
  start: { type: 'start', pages: 1024 },
  pages: {
    type: 'pages',
    round: 3,
    runs: [
      { kind: 'full', gfn: 5, count: 1, reason: 'first', bytes: page(5) },
      { kind: 'zero', gfn: 6, count: 30, reason: 'again' },
      { kind: 'full', gfn: 40, count: 1, reason: 'push', bytes: page(40) },
      { kind: 'delta', gfn: 41, count: 1, reason: 'again', bytes: Uint8Array.of(5, 1, 9) },
      { kind: 'deflate', gfn: 42, count: 1, reason: 'first', bytes: Uint8Array.of(3, 0) },
    ],
  },
  'round-end': { type: 'round-end', round: 3, sent: 32, zero: 30 },
  'dirty-summary': { type: 'dirty-summary', round: 3, dirtied: 12 },
  paused: { type: 'paused', retired: 123_456_789_012n, remaining: 12, byHand: true },
  state: { type: 'state', format: 'vmcf', bytes: new Uint8Array([1, 2, 3, 4, 5]) },
  ready: { type: 'ready', present: 1000, missing: 24 },
  go: { type: 'go' },
  started: { type: 'started', retired: 123_456_789_012n },
  'page-request': { type: 'page-request', gfn: 9 },
  'page-response': {
    type: 'page-response',
    round: 4,
    runs: [{ kind: 'full', gfn: 9, count: 1, reason: 'demand', bytes: page(9) }],
  },
  discard: {
    type: 'discard',
    runs: [
      { gfn: 0, count: 4 },
      { gfn: 9, count: 1 },
    ],
  },
  complete: { type: 'complete', requests: 3, blockedNs: 6_000_000 },
  abort: { type: 'abort', code: 'cancelled', message: 'cancelled by hand' },
  ping: { type: 'ping', sentAt: 1_000_000, last: 41 },
  pong: { type: 'pong', sentAt: 1_000_000 },
  ack: { type: 'ack', of: 4 },
  resume: { type: 'resume', first: 1, vm: 'vm1' },
  received: { type: 'received', pages: 48, words: Uint32Array.of(0xffff_00ff, 0x0000_8001) },
  verify: { type: 'verify', pages: 48 },
};

export const ALL_SAMPLES: readonly Message[] = Object.values(SAMPLES);
