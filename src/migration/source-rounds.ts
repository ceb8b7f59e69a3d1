/** Stages 2 and 3 at the source, and the push of the pull phase: rounds, the dirty log, the pause. */
import { assert } from '../base/assert.ts';
import { costOf } from '../vmm/costs.ts';
import type { Decision, Moment } from './algorithms/algorithm.ts';
import { batchPages, highWaterBytes } from './limits.ts';
import type { MessageOf } from './messages.ts';
import { beginRound, nextPages, pageOnDemand, roundFacts, type SendingTo } from './page-sender.ts';
import { addPage, hasPage } from './page-set.ts';
import type { SourceCore } from './source-core.ts';
import { sendDiscards, sendState } from './source-state-transfer.ts';
import { expectDowntime, measuredRate } from './statistics.ts';
import { readingWork } from './work.ts';

/** Memory is reserved: the algorithm says how to begin. */
export function begin(core: SourceCore): void {
  core.state.counters.firstPageAt = core.services.now();
  core.setStatus('active');
  core.leaveStage();
  core.send({ type: 'start', pages: core.vm.config.pages });
  foresee(core);
  decide(core, 'start');
  pump(core);
}

export function decide(core: SourceCore, moment: Moment): void {
  const { state } = core;
  const decision = core.algorithm.decide({
    moment,
    settings: state.request.settings,
    totalPages: state.counters.totalPages,
    pendingPages: state.sender.pending.count,
    rounds: state.counters.iterations,
    expectedDowntime: state.counters.expectedDowntime,
  });
  core.decided(decision.action, decision.reason);
  if (moment === 'handed-over') state.pushing = pushes(decision);
  else carryOut(core, decision);
}

function pushes({ action }: Decision): boolean {
  const known = action === 'send-round' || action === 'wait';
  assert(known, `"${action}" has no meaning once the VM is handed over`);
  return action === 'send-round';
}

function carryOut(core: SourceCore, decision: Decision): void {
  switch (decision.action) {
    case 'send-round':
      core.enterStage(2);
      core.enter('iterating');
      startLog(core);
      startRound(core);
      break;
    case 'switch-over':
      pause(core);
      break;
    case 'run-destination':
      core.state.deferred = true;
      pause(core);
      break;
    case 'abort':
      core.abort('algorithm-gave-up', decision.reason);
      break;
    case 'wait':
      assert(false, 'there is nothing to wait for before the VM is handed over');
  }
}

/** Stage 3. */
function pause(core: SourceCore): void {
  const { state, services } = core;
  core.setStatus('device');
  core.enterStage(3);
  if (services.suspend(core.vm) === 'asked') {
    state.asked = true;
    core.enter('suspending');
    return;
  }
  state.paused = true;
  standStill(core);
}

/** No instruction retires here any more: what the destination lacks is now final [SW-1]. */
export function standStill(core: SourceCore): void {
  const { state, services } = core;
  const { pending } = state.sender;
  state.counters.pausedAt = services.now();
  services.spend(costOf('pause'));
  core.enter('stopping');
  if (state.logging) readDirtyLog(core);
  core.stopLog();
  core.send({ type: 'paused', retired: BigInt(core.vm.retired), remaining: pending.count });
  if (state.deferred) sendDiscards(core);
  if (state.deferred || pending.count === 0) {
    sendState(core);
    return;
  }
  startRound(core);
  pump(core);
}

/** The log runs before the first page is read, so that no later write is missed [IT-1]. */
function startLog({ state, services, vm }: SourceCore): void {
  if (state.logging) return;
  services.spend(vm.startDirtyLog());
  state.logging = true;
}

export function startRound({ state, services }: SourceCore): void {
  const { sender, wire } = state;
  beginRound(sender, services.now(), wire.bytesSent);
  const fields = { round: sender.round, pending: sender.pending.count };
  services.trace.event(services.now(), 'round.started', fields);
}

/** Hands pages to the port while there is room; the port says when there is again [IT-4]. */
export function pump(core: SourceCore): void {
  const { services, state } = core;
  const { bitsPerSecond } = state.wire;
  while (sendsPages(core) && services.backlog() < highWaterBytes(bitsPerSecond)) {
    if (state.sender.pending.count > 0) {
      const pages = nextPages(sendingTo(core), batchPages(bitsPerSecond), state.phase === 'pull');
      services.spend(readingWork(pages.runs));
      core.send(pages);
    } else if (state.phase === 'pull') {
      return;
    } else {
      roundSent(core);
    }
  }
}

function sendsPages({ state }: SourceCore): boolean {
  const { phase, pushing } = state;
  return phase === 'iterating' || phase === 'stopping' || (phase === 'pull' && pushing);
}

function roundSent(core: SourceCore): void {
  if (core.state.phase === 'stopping') {
    endRound(core, 0);
    sendState(core);
    return;
  }
  const dirtied = readDirtyLog(core);
  endRound(core, dirtied);
  foresee(core);
  decide(core, 'round-ended');
}

export function endRound(core: SourceCore, dirtied: number): void {
  const { services, state } = core;
  const { sender, counters, wire, phase } = state;
  const now = services.now();
  const facts = roundFacts(sender, now, wire.bytesSent, dirtied);
  const { roundStart: startedAt, roundPending: pending } = sender;
  const paused = phase === 'stopping';
  counters.iterations.push({ ...facts, startedAt, pendingPages: pending, paused });
  const { round, sentPages: sent, zeroPages: zero, bytes } = facts;
  services.trace.event(now, 'round.ended', { round, pending, sent, zero, bytes, dirtied });
  if (phase === 'pull') return;
  core.send({ type: 'round-end', round, sent, zero });
  if (phase === 'iterating') core.send({ type: 'dirty-summary', round, dirtied });
}

/** A page leaves the log only by being pending again, so a failed round loses nothing [IT-2]. */
function readDirtyLog({ vm, services, state }: SourceCore): number {
  const { frames, faults, lost, cost } = vm.collectDirty();
  for (const frame of frames) addPage(state.sender.pending, frame);
  state.counters.dirtySyncCount += 1;
  services.spend(cost);
  const fields = { dirty: frames.length, faults, costNs: cost };
  services.trace.event(services.now(), 'dirty-log.read', fields);
  const slowed = { vm: vm.config.id, cause: 'dirty-faults', lostNs: lost } as const;
  if (lost > 0) services.trace.event(services.now(), 'vm.slowed', slowed);
  return frames.length;
}

function foresee({ state, services }: SourceCore): void {
  const { counters, sender, wire } = state;
  const last = counters.iterations.at(-1);
  const { bitsPerSecond, roundTrip } = wire;
  const { count: pending } = sender.pending;
  const downtimeNs = expectDowntime(pending, last, bitsPerSecond, roundTrip);
  const bytesPerSecond = measuredRate(last, bitsPerSecond);
  counters.expectedDowntime = downtimeNs;
  const fields = { pending, downtimeNs, bytesPerSecond };
  services.trace.event(services.now(), 'migration.estimate', fields);
}

/** Pull: a page that the guest waits for goes ahead of all others [PF-2]. */
export function respond(core: SourceCore, request: MessageOf<'page-request'>): void {
  core.state.counters.postcopyRequests += 1;
  // A page that has left already is on its way [PF-3].
  if (!hasPage(core.state.sender.pending, request.gfn)) return;
  const response = pageOnDemand(sendingTo(core), request.gfn);
  core.services.spend(readingWork(response.runs));
  core.send(response);
}

function sendingTo({ vm, state, services }: SourceCore): SendingTo {
  const { sender, counters } = state;
  return { vm, sender, counters, trace: services.trace, now: services.now() };
}
