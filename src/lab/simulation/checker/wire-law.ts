/**
 * The order of messages, from PROTOCOL.md's sequences alone: what each end may send after what, and
 * what it must have heard before. Heartbeats stand outside it.
 */

/** What may follow the last message that an end sent; the empty name stands for nothing yet. */
type Follows = Readonly<Record<string, readonly string[]>>;

const ROUNDS = ['pages', 'round-end', 'dirty-summary', 'paused', 'abort'];
const STANDSTILL = ['pages', 'round-end', 'discard', 'verify', 'state', 'abort'];
/** What may travel beside the control channel; the marks of a sync go by every channel. */
export const BESIDE_CONTROL: readonly string[] = ['pages', 'round-end', 'page-response'];
/** RESUME begins another session of the same migration. */
const PULL = ['pages', 'page-response', 'resume'];
const IN_DOUBT = ['go', ...PULL];

export const SOURCE_FOLLOWS: Follows = {
  '': ['hello'],
  hello: ['capabilities', 'abort'],
  capabilities: ['choose', 'abort'],
  choose: ['reserve', 'abort'],
  reserve: ['start', 'abort'],
  start: ROUNDS,
  pages: [...ROUNDS, ...STANDSTILL, ...PULL],
  'round-end': [...ROUNDS, ...STANDSTILL],
  'dirty-summary': ROUNDS,
  paused: STANDSTILL,
  discard: STANDSTILL,
  // What follows is compared, and nothing is written.
  verify: ['pages', 'abort'],
  state: ['go', 'abort'],
  // A source in doubt repeats GO.
  go: IN_DOUBT,
  resume: ['ack', 'resume'],
  ack: PULL,
  'page-response': PULL,
  // After giving up only an answer to the other end's own words may follow.
  abort: [],
};

const RUNNING = ['started', 'page-request', 'complete', 'received'];

export const DESTINATION_FOLLOWS: Follows = {
  '': ['hello'],
  hello: ['capabilities', 'refused', 'abort', 'ack'],
  capabilities: ['ack', 'refused', 'abort'],
  ack: ['reserved', 'refused', 'abort', 'ack'],
  reserved: ['ready', 'abort', 'ack'],
  ready: ['started', 'abort', 'ack'],
  // GO that came before is answered by STARTED once more.
  started: RUNNING,
  'page-request': RUNNING,
  received: RUNNING,
  complete: ['started', 'complete', 'received'],
  // GO that finds no copy is answered by another ABORT.
  refused: ['abort'],
  abort: ['abort'],
};

/** What the sender must have received from the other end before it may say this. */
export const MUST_HAVE_HEARD: Readonly<Record<string, string>> = {
  capabilities: 'hello',
  reserve: 'ack',
  start: 'reserved',
  go: 'ready',
  reserved: 'reserve',
  ready: 'state',
  received: 'resume',
  started: 'go',
  complete: 'go',
  'page-request': 'go',
  'page-response': 'page-request',
};

/** Only the destination's CAPABILITIES answer CAPABILITIES. */
export const DESTINATION_MUST_HAVE_HEARD: Readonly<Record<string, string>> = {
  ...MUST_HAVE_HEARD,
  hello: 'hello',
  capabilities: 'capabilities',
};
