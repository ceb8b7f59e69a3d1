/**
 * Whose turn a message is, when several channels bring them. A page channel is closed until the
 * message that opens it has come on the control channel; ROUND-END closes each channel until it has
 * come on all (QEMU's MULTIFD_FLAG_SYNC), so that no page overtakes a newer copy and STATE finds all
 * pages there [CH-3, CH-4].
 */
import { channelOf, pageChannels } from './channels.ts';
import type { DestinationCore } from './destination-core.ts';
import { isHeartbeat, type Message } from './messages.ts';

/** Messages whose turn has not come. More than this only a peer that never syncs can send. */
const MAX_HELD = 4096;

export interface HeldMessage {
  readonly id: number;
  readonly message: Message;
}

/** One mark a channel that the sync concerns: it waits for the others. */
export interface SyncState {
  waiting: boolean[];
  held: HeldMessage[];
}

/** One channel alone waits for nobody. */
export const newSync = (): SyncState => ({ waiting: [], held: [] });

/** The page channels are closed until START, or the ACK of a recovery. */
export function closePageChannels(core: DestinationCore): void {
  const { plan } = core.state;
  const waiting = Array.from({ length: 1 + pageChannels(plan.pages) }, (_, i) => i > 0);
  core.state.sync = { waiting: plan.pages === 1 ? [] : waiting, held: [] };
}

/** Carries out what came, if it is its turn, and then whatever waited for it. */
export function inTurn(
  core: DestinationCore,
  came: HeldMessage,
  carryOut: (held: HeldMessage) => void,
): void {
  const { sync } = core.state;
  if (mustWait(sync, came)) {
    sync.held.push(came);
    if (sync.held.length > MAX_HELD) core.trouble('bad-message', 'the channels never sync');
    return;
  }
  const opened = synchronize(sync, came);
  carryOut(came);
  if (!opened) return;
  const held = sync.held.splice(0);
  for (const later of held) if (core.state.sync === sync) inTurn(core, later, carryOut);
}

function mustWait({ waiting }: SyncState, { id, message }: HeldMessage): boolean {
  // An abort waits for nothing, nor do heartbeats.
  if (isHeartbeat(message.type) || message.type === 'abort') return false;
  return waiting[channelOf(id)] ?? false;
}

/** True: this was the last channel that the others waited for. */
function synchronize({ waiting }: SyncState, { id, message }: HeldMessage): boolean {
  const channel = channelOf(id);
  const { type } = message;
  if (channel >= waiting.length) return false;
  if (type !== 'round-end' && type !== 'start' && type !== 'ack') return false;
  waiting[channel] = true;
  if (waiting.includes(false)) return false;
  waiting.fill(false);
  return true;
}
