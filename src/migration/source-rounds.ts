/** Stages 2 and 3 at the source, and the push of the pull phase: rounds, the dirty log, the pause. */
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  after,
  between,
  type Duration,
  duration,
  latest,
  transmissionTime,
} from '../base/units.ts';
import { costOf } from '../vmm/costs.ts';
import type { DirtyPages } from '../vmm/vmm.ts';
import type { Decision, Moment, RoundDecision } from './algorithms/algorithm.ts';
import { converge } from './auto-converge.ts';
import { urgentChannel } from './channels.ts';
import { batchPages, highWaterBytes } from './limits.ts';
import type { MessageOf } from './messages.ts';
import { around, scattered } from './page-order.ts';
import { beginRound, nextPages, pageOnDemand, roundFacts, type SendingTo } from './page-sender.ts';
import { addPage, hasPage, noPages, pageFrames, removePage } from './page-set.ts';
import type { SourceCore } from './source-core.ts';
import { sendDiscards } from './source-state-transfer.ts';
import { verifyMore, verifyThenState } from './source-verification.ts';
import { expectDowntime, measuredRate } from './statistics.ts';
import { noEffort, readingWork } from './work.ts';

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

/** Asks the algorithm, puts its answer on the trace, and does it. */
export function decide(core: SourceCore, moment: Moment): void {
  const { state, services } = core;
  const { counters, request, sender } = state;
  const decision = core.algorithm.decide({
    moment,
    settings: request.settings,
    totalPages: counters.totalPages,
    pendingPages: sender.pending.count,
    workingSetPages: state.workingSet.count,
    rounds: counters.iterations,
    elapsed: between(counters.startedAt, services.now()),
    sinceRequest: between(state.requestedAt, services.now()),
    bytesPerSecond: measuredRate(counters.iterations.at(-1), state.wire.bitsPerSecond),
    expectedDowntime: counters.expectedDowntime,
  });
  if (moment === 'tick' && decision.action === 'wait') return;
  core.decided(decision.action, decision.reason);
  if (state.phase === 'pull') push(core, decision);
  else carryOut(core, decision);
}

/** The destination runs the VM: what is left here is pushed, or waits until it is asked for. */
function push({ state }: SourceCore, decision: Decision): void {
  const known = decision.action === 'send-round' || decision.action === 'wait';
  assert(known, `"${decision.action}" has no meaning once the VM is handed over`);
  state.pushing = decision.action === 'send-round';
  const { settings } = state.request;
  if (decision.action === 'send-round' && decision.pivots !== undefined)
    state.sender.order = around(decision.pivots, settings.spread === 'forward');
}

export function carryOut(core: SourceCore, decision: Decision): void {
  if (decision.action !== 'wait' && decision.action !== 'abort') interruptRound(core);
  switch (decision.action) {
    case 'sample':
      sample(core, decision.time);
      break;
    case 'send-round':
      core.enterStage(2);
      core.enter('iterating');
      setUpRound(core, decision);
      startRound(core);
      break;
    case 'switch-over':
      pause(core);
      break;
    case 'run-destination':
      core.state.deferred = true;
      foresee(core);
      pause(core);
      break;
    case 'abort':
      core.abort('algorithm-gave-up', decision.reason);
      break;
    case 'wait':
      assert(core.state.inRound, 'there is nothing to wait for before the first round');
  }
}

/** A decision in the middle of a round ends it: what it has not sent is pending still. */
function interruptRound(core: SourceCore): void {
  if (!core.state.inRound) return;
  const dirtied = core.state.logging ? readDirtyLog(core) : 0;
  endRound(core, dirtied);
}

/** Every 50 ms, for an algorithm that wants to be asked. */
export function watch(core: SourceCore): void {
  const { phase, pushing } = core.state;
  if (core.algorithm.watches !== true) return;
  if (phase !== 'iterating' && !(phase === 'pull' && !pushing)) return;
  decide(core, 'tick');
  pump(core);
}

/** By hand: the rounds end, and `pull` decides from here on. */
export function switchToPull(core: SourceCore): Result<void, string> {
  const { state } = core;
  const reason = pullRefused(core);
  if (reason !== undefined) {
    core.decided('switch to pull refused', reason);
    return err(reason);
  }
  restoreWorkingSet(core);
  const left = `${state.sender.pending.count} pages of this round are left`;
  const decision = {
    action: 'run-destination',
    reason: `switched to pull by hand: ${left}`,
  } as const;
  state.algorithm = 'pull';
  core.decided(decision.action, decision.reason);
  carryOut(core, decision);
  return ok(undefined);
}

/** By hand: the rounds end, and the VM stands still while what is left crosses. */
export function switchOver(core: SourceCore): Result<void, string> {
  const { state } = core;
  if (state.phase !== 'iterating') {
    const reason = 'only rounds of pre-copy can be ended by a switch-over';
    core.decided('switch-over refused', reason);
    return err(reason);
  }
  restoreWorkingSet(core);
  const left = `${state.sender.pending.count} pages of this round are left`;
  const decision = { action: 'switch-over', reason: `switched over by hand: ${left}` } as const;
  core.decided(decision.action, decision.reason);
  carryOut(core, decision);
  return ok(undefined);
}

function pullRefused({ state, services }: SourceCore): string | undefined {
  if (state.phase !== 'iterating') return 'only rounds of pre-copy can be switched to pull';
  const offers = [services.vmm.offer.algorithms, state.peerAlgorithms];
  const both = offers.every((offer) => offer.includes('pull'));
  return both ? undefined : 'pull is not offered by both hosts';
}

// ---- watching writes ----

function sample(core: SourceCore, time: Duration): void {
  const { state, services } = core;
  core.enterStage(2);
  core.enter('sampling');
  startLog(core);
  services.setTimer(time, { purpose: 'sample', epoch: state.epoch });
}

/** All pages are pending still, so the log tells only which the guest is using. */
export function sampled(core: SourceCore): void {
  const { state } = core;
  if (state.phase !== 'sampling') return;
  const { frames } = takeDirty(core);
  state.workingSet = noPages(state.sender.pending.pages);
  for (const frame of frames) addPage(state.workingSet, frame);
  core.stopLog();
  decide(core, 'sampled');
  pump(core);
}

/** The guest wants to write to a page that has crossed in a round with `hold`. */
export function writeHeld(core: SourceCore): void {
  if (core.state.phase !== 'iterating') return;
  core.state.counters.heldWrites += 1;
  restoreWorkingSet(core);
  foresee(core);
  decide(core, 'write-held');
  if (core.state.phase === 'iterating') leaveOutWorkingSet(core);
  pump(core);
}

function setUpRound(core: SourceCore, decision: RoundDecision): void {
  const { state, services, vm } = core;
  const { hold = false, skipDirty = false, scatter = false, bitsPerSecond = 0, stun } = decision;
  const cap = state.request.settings.addOns.maxBitsPerSecond;
  state.sender.hold = hold;
  state.sender.skipDirty = skipDirty;
  if (scatter) state.sender.order = scattered(state.sender.order);
  state.rateLimit = Math.min(bitsPerSecond || cap, cap || bitsPerSecond);
  if (hold) leaveOutWorkingSet(core);
  else startLog(core);
  const { dirtyPagesPerSecond } = state.request.settings.addOns;
  // One page more each time: a guest that only reads is not slowed.
  const stall = duration(Math.ceil(1e9 / Math.max(1, dirtyPagesPerSecond)));
  const limit = dirtyPagesPerSecond > 0 && !hold ? { writes: 0, stall } : undefined;
  services.limitWrites(vm, stun ?? limit);
}

function leaveOutWorkingSet({ state }: SourceCore): void {
  for (const frame of pageFrames(state.workingSet)) removePage(state.sender.pending, frame);
}

function restoreWorkingSet({ state }: SourceCore): void {
  const { pending, everSent } = state.sender;
  for (const frame of pageFrames(state.workingSet))
    if (!hasPage(everSent, frame)) addPage(pending, frame);
}

/** Stage 3. */
function pause(core: SourceCore): void {
  const { state, services } = core;
  if (state.version < 4 && services.pausedByHand(core.vm)) {
    const reason = `it speaks version ${state.version}, which cannot say so, and it would run`;
    core.abort('no-common-version', `the VM is paused by hand; the destination: ${reason}`);
    return;
  }
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
  core.letGuestRun();
  state.sender.skipDirty = false;
  state.sender.order.walk = undefined;
  state.rateLimit = 0;
  state.counters.pausedAt = services.now();
  services.spend(costOf('pause'));
  core.enter('stopping');
  if (state.logging) readDirtyLog(core, true);
  core.stopLog();
  const byHand = services.pausedByHand(core.vm);
  const { retired } = core.vm;
  core.send({ type: 'paused', retired: BigInt(retired), remaining: pending.count, byHand });
  if (state.deferred) sendDiscards(core);
  if (state.deferred || pending.count === 0) verifyThenState(core);
  else startRound(core);
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
  state.inRound = true;
  state.pacedUntil = services.now();
  beginRound(sender, services.now(), wire.bytesSent);
  const fields = { round: sender.round, pending: sender.pending.count };
  services.trace.event(services.now(), 'round.started', fields);
}

/** Hands pages to the port while there is room; the port says when there is again [IT-4]. */
export function pump(core: SourceCore): void {
  const { services, state } = core;
  const { bitsPerSecond } = state.wire;
  while (sendsPages(core) && services.backlog() < highWaterBytes(bitsPerSecond)) {
    if (paced(core)) return;
    if (state.phase === 'verifying') verifyMore(core);
    else if (state.sender.pending.count > 0) sendPages(core);
    else if (state.phase === 'pull') return;
    else roundSent(core);
  }
}

function sendPages(core: SourceCore): void {
  const { services, state } = core;
  const { wire, rateLimit } = state;
  const rate = rateLimit === 0 ? wire.bitsPerSecond : Math.min(rateLimit, wire.bitsPerSecond);
  const to = sendingTo(core);
  const pages = nextPages(to, batchPages(rate), state.phase === 'pull');
  services.spend(readingWork(to.effort, to.addOns));
  if (pages === undefined) return;
  const before = wire.bytesSent;
  core.sendPages(pages);
  if (rateLimit === 0) return;
  const time = transmissionTime(wire.bytesSent - before, rateLimit);
  state.pacedUntil = after(latest(state.pacedUntil, services.now()), time);
}

/** The round has a rate of its own, and has sent what it may up to now [IT-6]. */
function paced({ state, services }: SourceCore): boolean {
  if (state.rateLimit === 0 || services.now() >= state.pacedUntil) return false;
  if (state.wakesAt !== state.pacedUntil) {
    state.wakesAt = state.pacedUntil;
    const delay = between(services.now(), state.pacedUntil);
    services.setTimer(delay, { purpose: 'pace', epoch: state.epoch });
  }
  return true;
}

function sendsPages({ state }: SourceCore): boolean {
  const { phase, pushing } = state;
  const always = phase === 'iterating' || phase === 'stopping' || phase === 'verifying';
  return always || (phase === 'pull' && pushing);
}

function roundSent(core: SourceCore): void {
  if (core.state.phase === 'stopping') {
    endRound(core, 0);
    verifyThenState(core);
    return;
  }
  const dirtied = core.state.logging ? readDirtyLog(core) : 0;
  endRound(core, dirtied);
  throttle(core);
  foresee(core);
  decide(core, 'round-ended');
}

/** Auto-converge: a guest that dirties too much gets less of the processor. */
function throttle({ state, services, vm }: SourceCore): void {
  const { addOns } = state.request.settings;
  if (!addOns.autoConverge || !state.logging) return;
  const { counters } = state;
  state.convergence = converge(counters.iterations, state.convergence, addOns);
  const { percent } = state.convergence;
  if (percent === counters.cpuThrottlePercent) return;
  counters.cpuThrottlePercent = percent;
  counters.cpuThrottleMost = Math.max(counters.cpuThrottleMost, percent);
  services.throttle(vm, percent);
  const fields = { vm: vm.config.id, percent };
  services.trace.event(services.now(), 'vm.throttled', fields);
}

export function endRound(core: SourceCore, dirtied: number): void {
  const { services, state } = core;
  const { sender, counters, wire, phase } = state;
  const now = services.now();
  state.inRound = false;
  if (sender.hold) restoreWorkingSet(core);
  const facts = roundFacts(sender, now, wire.bytesSent, dirtied);
  const { roundStart: startedAt, roundPending: pending } = sender;
  const paused = phase === 'stopping';
  counters.iterations.push({ ...facts, startedAt, pendingPages: pending, paused });
  const { round, sentPages: sent, zeroPages: zero, bytes } = facts;
  services.trace.event(now, 'round.ended', { round, pending, sent, zero, bytes, dirtied });
  // A pull has no rounds to speak of, nor has one that ends in its recovery.
  if (phase === 'pull' || phase === 'recovering') return;
  core.sendSync({ type: 'round-end', round, sent, zero });
  if (phase === 'iterating') core.send({ type: 'dirty-summary', round, dirtied });
}

/** A page leaves the log only by being pending again, so a failed round loses nothing [IT-2]. */
function readDirtyLog(core: SourceCore, final = false): number {
  const { frames } = takeDirty(core, final);
  for (const frame of frames) addPage(core.state.sender.pending, frame);
  return frames.length;
}

export function takeDirty({ vm, services, state }: SourceCore, final = false): DirtyPages {
  const dirty = vm.collectDirty(final);
  const { frames, faults, lost, cost } = dirty;
  state.counters.dirtySyncCount += 1;
  services.spend(cost);
  const fields = { dirty: frames.length, faults, costNs: cost };
  services.trace.event(services.now(), 'dirty-log.read', fields);
  const slowed = { vm: vm.config.id, cause: 'dirty-faults', lostNs: lost } as const;
  if (lost > 0) services.trace.event(services.now(), 'vm.slowed', slowed);
  return dirty;
}

function foresee({ state, services }: SourceCore): void {
  const { counters, sender, wire } = state;
  const last = counters.iterations.at(-1);
  const { bitsPerSecond, roundTrip } = wire;
  const pending = state.deferred ? 0 : sender.pending.count;
  // A round that was held back says nothing about how fast the last one may be.
  const measured = state.rateLimit === 0 ? last : undefined;
  const downtimeNs = expectDowntime(pending, measured, bitsPerSecond, roundTrip);
  const bytesPerSecond = measuredRate(last, bitsPerSecond);
  counters.expectedDowntime = downtimeNs;
  const fields = { pending, downtimeNs, bytesPerSecond };
  services.trace.event(services.now(), 'migration.estimate', fields);
}

/** Pull: a page that the guest waits for goes ahead of all others [PF-2]. */
export function respond(core: SourceCore, request: MessageOf<'page-request'>): void {
  core.state.counters.postcopyRequests += 1;
  core.state.requestedAt = core.services.now();
  // A page that has left already is on its way [PF-3].
  if (!hasPage(core.state.sender.pending, request.gfn)) return;
  const to = sendingTo(core);
  const response = pageOnDemand(to, request.gfn);
  core.services.spend(readingWork(to.effort, to.addOns));
  core.send(response, urgentChannel(core.state.plan));
}

function sendingTo({ vm, state, services }: SourceCore): SendingTo {
  const { sender, counters, peerEncodings } = state;
  const { addOns } = state.request.settings;
  // What is pulled is not there to be changed.
  const compares = peerEncodings.includes('delta') && !state.deferred;
  return {
    vm,
    sender,
    counters,
    addOns,
    cache: compares ? state.cache : [],
    packs: addOns.compression === 'deflate' && peerEncodings.includes('deflate'),
    effort: noEffort(),
    trace: services.trace,
    now: services.now(),
  };
}
