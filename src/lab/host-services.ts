/**
 * What a host does for its migration daemons. The daemon's own computing takes virtual time: what
 * it sends, and the activation it asks for, wait until that is spent, in order.
 */
import { assert } from '../base/assert.ts';
import { after, type Duration, type Instant, latest, START } from '../base/units.ts';
import type { DaemonServices, DaemonTimer } from '../migration/daemon.ts';
import { HOST_A, type MigrationRole } from '../trace/event.ts';
import type { MigrationPeer, SuspendAnswer, Vm } from '../vmm/vmm.ts';
import type { HostParty } from './host-party.ts';
import { HOST_ADDRESSES, type HostWiring } from './wiring.ts';

/** Where a xend listens; a source that is not told otherwise goes there. */
const RELOCATION_PORT = 8002;

/** The host at the other end, as this one sees it come. */
function peerOf({ party, peer }: HostWiring): MigrationPeer {
  const { name, address } = HOST_ADDRESSES[peer === HOST_A ? 0 : 1];
  const toAddress = HOST_ADDRESSES[party === HOST_A ? 0 : 1].address;
  return { name, address, toAddress, toPort: RELOCATION_PORT };
}

export interface HostServicesState {
  readonly busyUntil: Instant;
  readonly delayedBytes: number;
}

export class HostServices {
  private readonly host: HostParty;
  private busyUntil: Instant = START;
  private delayedBytes = 0;

  constructor(host: HostParty) {
    this.host = host;
  }

  forRole(role: MigrationRole): DaemonServices {
    const { host } = this;
    return {
      vmm: host.vmm,
      trace: host.trace,
      now: () => host.now,
      send: (message) => this.send(message),
      backlog: () => host.port.migrationBacklog() + this.delayedBytes,
      setTimer: (delay: Duration, timer: DaemonTimer) =>
        host.schedule(after(host.now, host.faults.byOwnClock(delay)), {
          kind: 'timer',
          role,
          timer,
        }),
      spend: (cost) => {
        this.busyUntil = after(latest(this.busyUntil, host.now), cost);
      },
      throttle: (_, percent) => host.brake.throttle(percent),
      limitWrites: (vm, limit) => host.brake.limitWrites(vm, limit),
      ended: () => host.ended,
      suspend: (vm) => this.suspend(vm),
      resume: (vm) => host.thaw(vm),
      pausedByHand: () => host.pausedByHand,
      activate: (vm, pausedByHand) =>
        host.schedule(latest(this.busyUntil, host.now), {
          kind: 'activate',
          vm: vm.config.id,
          pausedByHand,
        }),
      destroy: (vm) => host.dismiss(vm),
      barred: () => host.vmm.barred(peerOf(host.wiring)),
    };
  }

  /** A message whose time has come. */
  sendDelayed(bytes: Uint8Array<ArrayBuffer>): void {
    this.delayedBytes -= bytes.length;
    this.host.port.sendMessage(bytes);
  }

  activateNow(id: string, pausedByHand: boolean): void {
    const vm = this.host.vmm.vms().find((candidate) => candidate.config.id === id);
    if (vm !== undefined) this.host.awaken(vm, pausedByHand);
  }

  save(): HostServicesState {
    return { busyUntil: this.busyUntil, delayedBytes: this.delayedBytes };
  }

  restore(state: HostServicesState): void {
    this.busyUntil = state.busyUntil;
    this.delayedBytes = state.delayedBytes;
  }

  private send(message: Uint8Array<ArrayBuffer>): void {
    if (this.busyUntil <= this.host.now) {
      this.host.port.sendMessage(message);
      return;
    }
    this.delayedBytes += message.length;
    this.host.schedule(this.busyUntil, { kind: 'send', bytes: message });
  }

  private suspend(vm: Vm): SuspendAnswer {
    const answer = vm.suspend();
    assert(answer === 'suspended', 'guests that suspend themselves are not here yet');
    this.host.freeze(vm);
    return answer;
  }
}
