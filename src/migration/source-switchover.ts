/** Stages 4 and 5 at the source, and the end of the pull phase. GO is the point of no return [SW-4]. */
import { duration } from '../base/units.ts';
import type { MessageOf } from './messages.ts';
import type { SourceCore } from './source-core.ts';
import { recover } from './source-recovery.ts';
import { decide, endRound, pump, startRound } from './source-rounds.ts';

/** READY: the books of both ends must agree before the VM is given away [SW-3]. */
export function commit(core: SourceCore, ready: MessageOf<'ready'>): void {
  const { pending } = core.state.sender;
  const { present, missing } = ready;
  if (missing !== pending.count || present + missing !== pending.pages) {
    const here = `${pending.count} of ${pending.pages} are pending here`;
    const reason = `the destination has ${present} pages and lacks ${missing}, but ${here}`;
    core.abort('incomplete-image', reason);
    return;
  }
  core.send({ type: 'go' });
  core.enterStage(5);
  core.enter('committed');
}

/** STARTED: the VM runs there. What is left here is memory to free, or pages to be pulled. */
export function handOver(core: SourceCore): void {
  const { state, services } = core;
  const resolved = state.phase === 'in-doubt';
  state.paused = false;
  state.counters.ranAgainAt = services.now();
  if (state.sender.pending.count === 0) {
    release(core);
    return;
  }
  core.enterStage(6);
  if (resolved) startRound(core);
  core.enter('pull');
  core.setStatus('postcopy-active');
  if (resolved) {
    // The destination has been waiting: what it has must be asked for first.
    core.pausePull('the doubt is resolved: the VM runs at the destination');
    recover(core);
    return;
  }
  state.requestedAt = services.now();
  startRound(core);
  decide(core, 'handed-over');
  pump(core);
}

/** COMPLETE: the last page has arrived. */
export function finish(core: SourceCore, complete: MessageOf<'complete'>): void {
  const { counters, sender } = core.state;
  const { count } = sender.pending;
  if (count > 0) {
    const reason = `the destination says that it is done, but ${count} pages were never sent`;
    core.trouble('incomplete-image', reason);
    return;
  }
  counters.postcopyBlocktime = duration(complete.blockedNs);
  endRound(core, 0);
  release(core);
}

/** After GO only the destination can give the VM back; it has destroyed its copy first [AB-4]. */
export function takeBack(core: SourceCore, { message }: MessageOf<'abort'>): void {
  const reason = `the destination gave the VM back: ${message}`;
  core.decided('resume', reason);
  core.fail(reason);
}

/** The VM lives elsewhere: what is left of it here goes [SW-6]. */
function release(core: SourceCore): void {
  core.services.destroy(core.vm);
  core.end('completed', '');
}
