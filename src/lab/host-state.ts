/** What a host has before it, and what a checkpoint of it holds: plain data throughout. */
import type { Instant } from '../base/units.ts';
import type { DaemonTimer } from '../migration/daemon.ts';
import type { Scheduled } from '../sim/event-queue.ts';
import type { VmmCheckpoint } from '../vmm/vmm.ts';
import type { HostFaultsState } from './faults-host.ts';
import type { BrakeEvent, GuestBrakeState } from './guest-brake.ts';
import type { HostPortState } from './host-port.ts';
import type { HostServicesState } from './host-services.ts';
import type { GuestInput, PartyCheckpoint, Payload, Testimony } from './party.ts';
import type { WorkloadState } from './workload.ts';

export type HostEvent =
  | Payload
  | BrakeEvent
  | { readonly kind: 'boot' }
  | { readonly kind: 'start-migration' }
  | { readonly kind: 'timer'; readonly role: 'source' | 'destination'; readonly timer: DaemonTimer }
  /** An input that waited for its moment. */
  | { readonly kind: 'triggered'; readonly input: string }
  /** A pause is over. */
  | { readonly kind: 'wake' }
  /** A message that the link's faults have let through. */
  | { readonly kind: 'delivery'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'send'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'activate'; readonly vm: string; readonly pausedByHand: boolean }
  | { readonly kind: 'announce'; readonly round: number };

/** Private state of a host for a checkpoint: plain data throughout. */
export interface HostState extends PartyCheckpoint {
  readonly now: Instant;
  readonly eventSequence: number;
  readonly traceSequence: number;
  readonly queue: readonly Scheduled<HostEvent>[];
  readonly vmm: VmmCheckpoint;
  readonly vm: number;
  readonly running: boolean;
  readonly pausedByHand: boolean;
  readonly frozen: boolean;
  readonly blocked: { readonly frame: number; readonly since: Instant } | undefined;
  readonly failed: boolean;
  readonly ended: string | undefined;
  readonly console: string;
  readonly source: unknown;
  readonly destination: unknown;
  readonly port: HostPortState;
  readonly services: HostServicesState;
  readonly faults: HostFaultsState;
  readonly brake: GuestBrakeState;
  readonly workload: WorkloadState;
  readonly guestInputs: readonly GuestInput[];
  readonly testimony: Testimony | undefined;
}
