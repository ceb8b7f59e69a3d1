/**
 * What every part of the source shares: its state, the VM, the trace's milestones, and how a
 * migration ends. PROTOCOL.md holds the rules whose ids stand in brackets.
 */
import { exists } from '../base/assert.ts';
import { type MigrationStatus, STAGE_NAMES } from '../trace/event.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { Algorithm } from './algorithms/algorithm.ts';
import { findAlgorithm } from './algorithms/registry.ts';
import { CONTROL, pageChannels } from './channels.ts';
import type { DaemonServices } from './daemon.ts';
import { DOUBT_INTERVAL, HEARTBEAT_INTERVAL } from './limits.ts';
import type { FailureCode, Message, MessageOf } from './messages.ts';
import { newSource, SOURCE_TABLE, type SourcePhase, type SourceState } from './source-states.ts';
import { addOnFigures } from './statistics.ts';
import { sendMessage } from './wire.ts';

export class SourceCore {
  readonly services: DaemonServices;
  state: SourceState = newSource();

  constructor(services: DaemonServices) {
    this.services = services;
  }

  findVm(): Vm | undefined {
    return this.services.vmm.vms().find((vm) => vm.config.id === this.state.request.vm);
  }

  get vm(): Vm {
    return exists(this.findVm(), `VM ${this.state.request.vm}`);
  }

  get algorithm(): Algorithm {
    return exists(findAlgorithm(this.state.algorithm), 'the algorithm agreed on');
  }

  send(message: Message, channel = CONTROL): void {
    sendMessage(this.services, this.state.wire, message, channel);
  }

  /** Page channels take turns. */
  sendPages(pages: MessageOf<'pages'>): void {
    const channels = pageChannels(this.state.plan.pages);
    if (channels === 0) {
      this.send(pages);
      return;
    }
    this.send(pages, 1 + this.state.turn);
    this.state.turn = (this.state.turn + 1) % channels;
  }

  /** The mark on every channel that a sync waits for [CH-4]. */
  sendSync(mark: MessageOf<'round-end'>): void {
    for (let channel = pageChannels(this.state.plan.pages); channel >= CONTROL; channel--)
      this.send(mark, channel);
  }

  /** Sends something that wants an ACK, and waits for it in `phase`. */
  ask(phase: SourcePhase, message: Message): void {
    this.state.question = this.state.wire.nextId;
    this.send(message);
    this.enter(phase);
  }

  planHeartbeat(): void {
    const { epoch } = this.state;
    this.services.setTimer(HEARTBEAT_INTERVAL, { purpose: 'heartbeat', epoch });
  }

  // ---- milestones ----

  enter(phase: SourcePhase): void {
    this.state.phase = phase;
    this.state.enteredAt = this.services.now();
  }

  setStatus(status: MigrationStatus, reason = ''): void {
    const { state, services } = this;
    if (reason !== '') state.counters.reason = reason;
    if (state.status === status) return;
    state.status = status;
    services.trace.event(services.now(), 'migration.status', { role: 'source', status, reason });
  }

  enterStage(stage: number): void {
    if (this.state.stage === stage) return;
    this.leaveStage();
    this.state.stage = stage;
    const name = STAGE_NAMES[stage];
    this.services.trace.event(this.services.now(), 'stage.entered', { stage, name });
  }

  leaveStage(): void {
    const { stage } = this.state;
    if (stage === undefined) return;
    this.state.stage = undefined;
    const name = STAGE_NAMES[stage];
    this.services.trace.event(this.services.now(), 'stage.left', { stage, name });
  }

  decided(action: string, reason: string): void {
    this.services.trace.event(this.services.now(), 'decision', { action, reason });
  }

  // ---- trouble ----

  unexpected(message: Message): void {
    const name = message.type.toUpperCase();
    this.trouble('unexpected-message', `${name} has no place in phase "${this.state.phase}"`);
  }

  /** A message that is damaged, lost, or out of place [AB-3]. */
  trouble(code: FailureCode, reason: string): void {
    const { otherwise } = SOURCE_TABLE[this.state.phase];
    if (otherwise === 'abort') this.abort(code, reason);
    else if (otherwise === 'pause') this.pausePull(reason);
  }

  /** Nothing is heard, or a question is not answered. */
  silence(code: FailureCode, reason: string): void {
    const { silence } = SOURCE_TABLE[this.state.phase];
    if (silence === 'fail') this.abort(code, reason);
    else if (silence === 'doubt') this.doubt(reason);
    else if (silence === 'pause') this.pausePull(reason);
    else if (silence === 'settle') this.end('cancelled', this.state.counters.reason);
  }

  abort(code: FailureCode, reason: string): void {
    this.send({ type: 'abort', code, message: reason });
    this.fail(reason);
  }

  /** The VM runs on here, as if nothing had been asked [AB-1]. */
  fail(reason: string): void {
    this.takeVmBack();
    this.end('failed', reason);
  }

  /** GO went out and nothing came back: whoever has the VM, it is not run here [SW-5]. */
  private doubt(reason: string): void {
    const inDoubt = `in doubt: ${reason}, after GO: the VM may run there and stays paused here`;
    const { epoch } = this.state;
    this.leaveStage();
    this.setStatus('failed', inDoubt);
    this.enter('in-doubt');
    this.services.setTimer(DOUBT_INTERVAL, { purpose: 'ask-again', epoch });
  }

  /** Both halves are kept. It goes on by hand, or by the clock if that was asked for [PF-6]. */
  pausePull(reason: string): void {
    const { epoch, request } = this.state;
    const { recoverAfter } = request.settings;
    this.state.pushing = false;
    this.setStatus('postcopy-paused', reason);
    this.enter('postcopy-paused');
    if (recoverAfter !== undefined)
      this.services.setTimer(recoverAfter, { purpose: 'recover', epoch });
  }

  takeVmBack(): void {
    const { state, services } = this;
    this.stopLog();
    this.letGuestRun();
    if (!state.paused) return;
    state.paused = false;
    services.resume(this.vm);
    state.counters.ranAgainAt = services.now();
  }

  /** No brake of this migration is on the guest any more. */
  letGuestRun(): void {
    const vm = this.findVm();
    if (vm === undefined) return;
    this.services.limitWrites(vm, undefined);
    this.services.throttle(vm, 0);
    this.state.counters.cpuThrottlePercent = 0;
    vm.releaseWrites();
  }

  stopLog(): void {
    if (this.state.logging) this.vm.stopDirtyLog();
    this.state.logging = false;
  }

  end(status: 'completed' | 'cancelled' | 'failed', reason: string): void {
    this.leaveStage();
    const { counters } = this.state;
    counters.endedAt = this.services.now();
    this.services.trace.event(counters.endedAt, 'migration.add-ons', addOnFigures(counters));
    this.enter(status);
    this.setStatus(status, reason);
  }
}
