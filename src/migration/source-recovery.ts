/**
 * What the source does when the link was lost after GO: a paused pull is taken up again with a new
 * session and the destination's account of what has arrived; a source in doubt asks, or is told by
 * hand who has the VM.
 */
import { err, ok, type Result } from '../base/result.ts';
import { channelsBeside } from './channels.ts';
import { DOUBT_INTERVAL } from './limits.ts';
import type { MessageOf } from './messages.ts';
import { addPage, hasPage, removePage } from './page-set.ts';
import type { SourceCore } from './source-core.ts';
import { decide, pump } from './source-rounds.ts';
import { openChannels, renewWire, sessionAt } from './wire.ts';

/** By hand, or by the clock: says which migration is meant, under a new session [RC-1]. */
export function recover(core: SourceCore): Result<void, string> {
  const { state, services } = core;
  if (state.phase !== 'postcopy-paused') return err('there is no paused pull to recover');
  state.wire = renewWire(state.wire, sessionAt(services.now()), services.now());
  openChannels(state.wire, channelsBeside(state.plan));
  state.epoch += 1;
  core.setStatus('postcopy-recover');
  core.enter('recovering');
  core.send({ type: 'resume', first: state.firstSession, vm: core.vm.config.id });
  core.planHeartbeat();
  return ok(undefined);
}

/** RECEIVED: what left and did not arrive is pending again [RC-2]. */
export function reconcile(core: SourceCore, received: MessageOf<'received'>, id: number): void {
  const { sender } = core.state;
  if (received.pages !== sender.pending.pages) {
    const reason = `the destination counts ${received.pages} pages, not ${sender.pending.pages}`;
    core.trouble('incomplete-image', reason);
    return;
  }
  const there = { pages: received.pages, words: received.words, count: 0 };
  let lost = 0;
  for (let frame = 0; frame < there.pages; frame++) {
    if (hasPage(there, frame)) {
      addPage(sender.everSent, frame);
      removePage(sender.pending, frame);
    } else if (addPage(sender.pending, frame)) {
      removePage(sender.everSent, frame);
      lost += 1;
    }
  }
  const left = `${sender.pending.count} are still to go`;
  core.decided('recover', `${lost} pages were lost on their way and go again; ${left}`);
  core.send({ type: 'ack', of: id });
  core.setStatus('postcopy-active');
  core.enter('pull');
  core.state.requestedAt = core.services.now();
  decide(core, 'handed-over');
  pump(core);
}

/** In doubt: GO is repeated until somebody answers; the destination carries it out once [SW-7]. */
export function askAgain(core: SourceCore): void {
  const { state, services } = core;
  if (state.phase !== 'in-doubt') return;
  core.send({ type: 'go' });
  services.setTimer(DOUBT_INTERVAL, { purpose: 'ask-again', epoch: state.epoch });
}

/** In doubt: somebody has looked at both ends and says who has the VM [SW-8]. */
export function resolve(core: SourceCore, owner: 'source' | 'destination'): Result<void, string> {
  const { state, services } = core;
  if (state.phase !== 'in-doubt') return err('there is no doubt to resolve');
  const reason = `resolved by hand: the VM is the ${owner}'s`;
  core.decided(`owner ${owner}`, reason);
  if (owner === 'source') {
    core.fail(reason);
    return ok(undefined);
  }
  state.paused = false;
  state.counters.ranAgainAt = services.now();
  if (state.sender.pending.count > 0) {
    core.setStatus('postcopy-paused', reason);
    core.enter('postcopy-paused');
    return ok(undefined);
  }
  services.destroy(core.vm);
  core.end('completed', '');
  return ok(undefined);
}

/** By hand: a paused pull will not be taken up again. What is here alone is of no use to anybody. */
export function giveUp(core: SourceCore): Result<void, string> {
  if (core.state.phase !== 'postcopy-paused') return err('there is no paused pull to give up');
  core.services.destroy(core.vm);
  core.end(
    'failed',
    'given up by hand in the pull: the VM is lost, each host had only a part of it',
  );
  return ok(undefined);
}
