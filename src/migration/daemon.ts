/**
 * The migration daemon's surroundings: what a host gives its daemon, and what it asks of it. Both
 * state machines are written against this and nothing else, so that they run alike in one thread,
 * in workers, and under a test that plays both ends.
 */
import type { Duration, Gfn, Instant } from '../base/units.ts';
import type { MigrationRole, MigrationStatus } from '../trace/event.ts';
import type { Tracer } from '../trace/recorder.ts';
import type { SuspendAnswer, Vm, Vmm } from '../vmm/vmm.ts';
import type { AlgorithmChoice, MigrationSettings } from './settings.ts';

/** A pending wake-up, as data: it is saved, sent and printed like everything else. */
export interface DaemonTimer {
  readonly purpose: string;
  /** A timer set before the state changed is told apart by this and ignored. */
  readonly epoch: number;
}

export interface WriteLimit {
  readonly writes: number;
  readonly stall: Duration;
}

export interface DaemonServices {
  readonly vmm: Vmm;
  readonly trace: Tracer;
  now(): Instant;
  /** Queues one encoded message at the host's network port. */
  send(message: Uint8Array<ArrayBuffer>): void;
  /** Bytes of migration messages accepted by `send` and not yet wholly on the wire. */
  backlog(): number;
  setTimer(delay: Duration, timer: DaemonTimer): void;
  /** Virtual time the daemon spends computing (copying pages, translating): later sends wait for it. */
  spend(cost: Duration): void;
  /** Withholds this share of CPU time from the guest, in per cent; 0 ends it. */
  throttle(vm: Vm, percent: number): void;
  /**
   * After so many first writes each further one waits so long; anew with each call. Undefined ends
   * it. A write that waits for another reason is the daemon's to release.
   */
  limitWrites(vm: Vm, limit: WriteLimit | undefined): void;
  /** Why the guest will never run again, if that is so. */
  ended(vm: Vm): string | undefined;
  suspend(vm: Vm): SuspendAnswer;
  /** Source only: the VM runs on here. */
  resume(vm: Vm): void;
  /** Somebody has paused the VM by hand: it stays so, whichever host it is on. */
  pausedByHand(vm: Vm): boolean;
  /** Destination only: the VM is this host's, and runs unless it was paused by hand; it is announced to the network. */
  activate(vm: Vm, pausedByHand: boolean): void;
  destroy(vm: Vm): void;
  /** Destination only: why nobody from the peer is let in here; undefined: the source may begin. */
  barred(): string | undefined;
}

export interface MigrationRequest {
  readonly vm: string;
  /** Algorithm id, from the pool. */
  readonly algorithm: string;
  readonly settings: MigrationSettings;
  /** Who chooses the algorithm; absent: the user has. */
  readonly choice?: AlgorithmChoice;
}

export interface Daemon {
  readonly role: MigrationRole;
  readonly status: MigrationStatus;
  receive(message: Uint8Array): void;
  timer(timer: DaemonTimer): void;
  /** The backlog fell below the low-water mark: more can be sent. */
  drained(): void;
  /** Source: by hand, in any state. */
  cancel(): void;
  /** Source: a guest that `suspend` had to ask has suspended itself. */
  suspended(): void;
  /** Destination: the guest waits for this page. */
  missingPage(gfn: Gfn): void;
  /** A page was first written since the log was read, and other news the daemon may want, come through the VM. */
  checkpoint(): { readonly [key: string]: unknown };
}
