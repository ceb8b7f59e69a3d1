/**
 * What a migration holds a running guest back with: CPU time withheld in slices, as QEMU's throttle
 * does (softmmu/cpu-throttle.c: after 10 ms of running, asleep for p / (100 - p) times as long), and
 * stores that have to wait, for a while or until the daemon lets them go.
 */
import { after, duration, type Instant, milliseconds } from '../base/units.ts';
import type { WriteLimit } from '../migration/daemon.ts';
import type { SlowdownCause } from '../trace/event.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { HostParty } from './host-party.ts';

const SLICE = milliseconds(10);

export interface BrakeEvent {
  readonly kind: 'brake';
  readonly what: 'sleep' | 'wake' | 'write';
  /** An event of an earlier setting is told apart by this and ignored. */
  readonly epoch: number;
}

export interface GuestBrakeState {
  readonly percent: number;
  readonly limit: WriteLimit | undefined;
  readonly asleepSince: Instant | undefined;
  readonly waitsSince: Instant | undefined;
  readonly epoch: number;
}

export class GuestBrake {
  private readonly host: HostParty;
  private state: GuestBrakeState = {
    percent: 0,
    limit: undefined,
    asleepSince: undefined,
    waitsSince: undefined,
    epoch: 0,
  };

  constructor(host: HostParty) {
    this.host = host;
  }

  /** The guest may not run now. */
  get on(): boolean {
    return this.state.asleepSince !== undefined || this.state.waitsSince !== undefined;
  }

  throttle(percent: number): void {
    if (percent === this.state.percent) return;
    this.account('throttle', this.state.asleepSince);
    this.change({ percent, asleepSince: undefined, epoch: this.state.epoch + 1 });
    if (percent > 0) this.plan(SLICE, 'sleep');
  }

  limitWrites(vm: Vm, limit: WriteLimit | undefined): void {
    vm.allowFirstWrites(limit?.writes);
    this.letWrite();
    this.change({ limit });
  }

  /** The guest stands before a store that must wait. */
  heldWrite(vm: Vm, frame: Parameters<Vm['isHeld']>[0]): void {
    this.change({ waitsSince: this.host.now });
    const { limit } = this.state;
    if (limit !== undefined && !vm.isHeld(frame)) this.plan(limit.stall, 'write');
  }

  handle(event: BrakeEvent, vm: Vm | undefined): void {
    if (event.what === 'write') {
      if (this.state.waitsSince === undefined || event.epoch !== this.state.epoch) return;
      vm?.allowFirstWrites(1);
      this.letWrite();
    } else if (event.epoch !== this.state.epoch) {
      return;
    } else if (event.what === 'sleep') {
      const { percent, waitsSince } = this.state;
      // A guest that waits already does not sleep on top of it.
      if (waitsSince === undefined) this.change({ asleepSince: this.host.now });
      this.plan(duration(Math.round((SLICE * percent) / (100 - percent))), 'wake');
    } else {
      this.account('throttle', this.state.asleepSince);
      this.change({ asleepSince: undefined });
      this.plan(SLICE, 'sleep');
    }
  }

  save(): GuestBrakeState {
    return this.state;
  }

  restore(state: GuestBrakeState): void {
    this.state = state;
  }

  private letWrite(): void {
    this.account('stalled-writes', this.state.waitsSince);
    this.change({ waitsSince: undefined });
  }

  private account(cause: SlowdownCause, since: Instant | undefined): void {
    const { host } = this;
    if (since === undefined || since === host.now) return;
    const vm = host.vm?.config.id ?? '';
    host.trace.event(host.now, 'vm.slowed', { vm, cause, lostNs: host.now - since });
  }

  private plan(delay: ReturnType<typeof duration>, what: BrakeEvent['what']): void {
    const { epoch } = this.state;
    this.host.schedule(after(this.host.now, delay), { kind: 'brake', what, epoch });
  }

  private change(change: Partial<GuestBrakeState>): void {
    this.state = { ...this.state, ...change };
  }
}
