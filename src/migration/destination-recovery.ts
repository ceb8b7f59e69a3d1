/** What the destination does about a link that was lost after GO, and about calls it cannot take. */
import { err, ok, type Result } from '../base/result.ts';
import { channelsBeside } from './channels.ts';
import { encodeFrame, type Frame } from './codec.ts';
import { closePageChannels } from './destination-channels.ts';
import type { DestinationCore } from './destination-core.ts';
import { DESTINATION_TABLE } from './destination-states.ts';
import type { MessageOf } from './messages.ts';
import { noPages } from './page-set.ts';
import { openChannels, renewWire } from './wire.ts';

/** May this frame of another session be taken up as a reconnection of this pull [RC-1]? */
export function reconnects(core: DestinationCore, { message }: Frame): boolean {
  const { state } = core;
  if (message?.type !== 'resume') return false;
  const known = message.first === state.firstSession && message.vm === state.vm;
  return known && DESTINATION_TABLE[state.phase].on.resume !== undefined;
}

/** The old connection is over: what still comes from it is dropped. */
export function takeUp(core: DestinationCore, session: number): void {
  const { state, services } = core;
  state.wire = renewWire(state.wire, session, services.now());
  openChannels(state.wire, channelsBeside(state.plan));
  closePageChannels(core);
  state.epoch += 1;
}

/** RESUME: says what is here; if that is all, the source only has not heard it [RC-2]. */
export function reconnect(core: DestinationCore): void {
  const { state } = core;
  if (state.phase === 'completed') {
    core.send({ type: 'complete', requests: state.requests, blockedNs: state.blocktime });
    return;
  }
  core.setStatus('postcopy-recover');
  core.enter('recovering');
  core.planHeartbeat();
  const { pages, words } = state.present;
  core.send({ type: 'received', pages, words: words.slice() });
}

/** ACK: the pull goes on; what the guest waits for is asked for once more [RC-3]. */
export function resumePull(core: DestinationCore): void {
  const { state } = core;
  state.requested = noPages(state.requested.pages);
  core.setStatus('postcopy-active');
  core.enter('pull');
  if (state.blockedOn !== undefined) core.askFor(state.blockedOn);
}

/** GO again, from a source in doubt: the VM has run here since the first [SW-7]. */
export function confirm(core: DestinationCore, _go: MessageOf<'go'>): void {
  const vm = core.findVm(core.state.vm);
  core.send({ type: 'started', retired: BigInt(vm?.retired ?? 0) });
}

/** Somebody else calls while this daemon has a migration, or calls for one that is not here [HS-6]. */
export function turnAway(core: DestinationCore, { message, session }: Frame): void {
  if (message?.type !== 'hello' && message?.type !== 'resume') return;
  const refused =
    message.type === 'hello'
      ? ({ code: 'busy', message: 'another migration is under way at this host' } as const)
      : ({ code: 'no-such-vm', message: 'no pull of this migration is paused here' } as const);
  const bytes = encodeFrame({ session, id: 1 }, { type: 'refused', ...refused });
  const { services } = core;
  services.trace.event(services.now(), 'message.sent', {
    type: 'refused',
    id: 1,
    bytes: bytes.length,
    summary: refused.message,
  });
  services.send(bytes);
}

/** By hand: a paused pull will not be taken up again. The guest is not whole and never will be. */
export function giveUp(core: DestinationCore): Result<void, string> {
  const { state, services } = core;
  if (state.phase !== 'postcopy-paused') return err('there is no paused pull to give up');
  const lacks = `${core.vm.missingPages} of its pages never came`;
  services.destroy(core.vm);
  core.end('failed', `given up by hand in the pull: the VM is lost, ${lacks}`);
  return ok(undefined);
}
