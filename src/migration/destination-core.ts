/**
 * What every part of the destination shares: its state, the copy, and how a migration ends.
 * PROTOCOL.md holds the rules whose ids stand in brackets.
 */
import { exists } from '../base/assert.ts';
import type { MigrationStatus } from '../trace/event.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { DaemonServices } from './daemon.ts';
import { newSync } from './destination-channels.ts';
import {
  DESTINATION_TABLE,
  type DestinationPhase,
  type DestinationState,
  newDestination,
} from './destination-states.ts';
import { HEARTBEAT_INTERVAL } from './limits.ts';
import type { FailureCode, Message, MessageOf } from './messages.ts';
import { addPage } from './page-set.ts';
import { sendMessage } from './wire.ts';

export class DestinationCore {
  readonly services: DaemonServices;
  state: DestinationState = newDestination();

  constructor(services: DaemonServices) {
    this.services = services;
  }

  findVm(id: string): Vm | undefined {
    return this.services.vmm.vms().find((vm) => vm.config.id === id);
  }

  get vm(): Vm {
    return exists(this.findVm(this.state.vm), 'the VM that was reserved');
  }

  send(message: Message): void {
    sendMessage(this.services, this.state.wire, message);
  }

  /** Once, unless the answer may have been lost [PF-2]. */
  askFor(frame: number): void {
    const { state } = this;
    if (state.phase !== 'pull' || !addPage(state.requested, frame)) return;
    state.requests += 1;
    this.send({ type: 'page-request', gfn: frame });
  }

  planHeartbeat(): void {
    const { epoch } = this.state;
    this.services.setTimer(HEARTBEAT_INTERVAL, { purpose: 'heartbeat', epoch });
  }

  enter(phase: DestinationPhase): void {
    this.state.phase = phase;
    this.state.enteredAt = this.services.now();
  }

  setStatus(status: MigrationStatus, reason = ''): void {
    const { state, services } = this;
    if (reason !== '') state.reason = reason;
    if (state.status === status) return;
    state.status = status;
    services.trace.event(services.now(), 'migration.status', {
      role: 'destination',
      status,
      reason,
    });
  }

  // ---- trouble ----

  /** A message that is damaged, lost, or out of place [AB-3]. */
  trouble(code: FailureCode, reason: string): void {
    const { otherwise } = DESTINATION_TABLE[this.state.phase];
    if (otherwise === 'abort') this.abort(code, reason);
    else if (otherwise === 'pause') this.pausePull(reason);
  }

  silence(code: FailureCode, reason: string): void {
    const { silence } = DESTINATION_TABLE[this.state.phase];
    if (silence === 'fail') this.abort(code, reason);
    else if (silence === 'pause') this.pausePull(reason);
  }

  /** The guest runs on with the pages it has and stops at the first one that it lacks [PF-6]. */
  private pausePull(reason: string): void {
    this.setStatus('postcopy-paused', reason);
    this.enter('postcopy-paused');
  }

  /** Nothing was taken, or it is given back: the source may go elsewhere. */
  refuse(code: FailureCode, message: string): void {
    this.destroyCopy();
    this.send({ type: 'refused', code, message });
    this.end('failed', message);
  }

  /** The copy is destroyed first: ABORT tells the source that nothing can run here [AB-4]. */
  abort(code: FailureCode, message: string): void {
    this.destroyCopy();
    this.send({ type: 'abort', code, message });
    this.end(code === 'cancelled' ? 'cancelled' : 'failed', message);
  }

  peerAborted(abort: MessageOf<'abort'>, id: number): void {
    this.destroyCopy();
    this.send({ type: 'ack', of: id });
    const status = abort.code === 'cancelled' ? 'cancelled' : 'failed';
    this.end(status, `ended by the source: ${abort.message}`);
  }

  end(status: 'completed' | 'cancelled' | 'failed', reason: string): void {
    this.state.sync = newSync();
    this.setStatus(status, reason);
    this.enter(status);
  }

  private destroyCopy(): void {
    const vm = this.findVm(this.state.vm);
    if (vm !== undefined) this.services.destroy(vm);
    this.state.vm = '';
  }
}
