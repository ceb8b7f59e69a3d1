/**
 * What the page shows of a run, folded from its trace: plain values for the panels, typed arrays
 * for the two grids. The tables, the drawing and the spoken text all read this one picture.
 */
import type { Instant } from '../base/units.ts';
import type { LabEvent, MigrationStatus, Party } from './event.ts';
import type { PageBook } from './page-book.ts';
import type { Verdict } from './verdict.ts';

/** A span of virtual time; `to` is missing while it lasts. */
export interface Span {
  readonly from: Instant;
  to?: Instant;
}

export type VmCondition = 'absent' | 'running' | 'paused' | 'blocked' | 'stopped' | 'destroyed';

export interface HostPicture {
  /** Name of the VMM as the trace gives it; empty until the VM's place exists here. */
  vmm: string;
  vm: VmCondition;
  /** When guest code ran here. */
  readonly ran: Span[];
  console: string;
  /** Why the host is gone, if it is. */
  failure: string;
  migration: MigrationStatus;
}

export interface RoundPicture {
  readonly round: number;
  readonly from: Instant;
  to?: Instant;
  /** Pages to send when the round began, and what was sent, in pages and bytes. */
  readonly pending: number;
  sent: number;
  zero: number;
  bytes: number;
  /** Distinct pages written while the round was sent. */
  dirtied: number;
}

export interface StagePicture extends Span {
  readonly stage: number;
  readonly name: string;
}

export interface MessagePicture {
  readonly id: number;
  readonly from: Party;
  readonly type: string;
  readonly bytes: number;
  readonly summary: string;
  readonly sentAt: Instant;
  receivedAt?: Instant;
  dropped?: string;
}

export interface ProbePicture {
  readonly probe: number;
  readonly sentAt: Instant;
  answeredAt?: Instant;
  lost?: boolean;
}

/** The longest silence of the client: from the last answer to the next one. */
export interface OutagePicture extends Span {
  /** The silence less the normal gap between two answers, in nanoseconds. */
  outageNs: number;
}

/** A frame that tells of the move: the VM's announcement, or one for the VM that its old host drops. */
export interface FramePicture {
  readonly at: Instant;
  readonly what: 'announced' | 'dropped';
  /** The switch's port it came from or went to: the host's number. */
  readonly port: number;
  readonly type: string;
}

export interface SwitchEntry {
  readonly mac: string;
  readonly port: number;
  readonly previousPort: number;
  readonly at: Instant;
}

export interface ArpEntry {
  readonly ip: string;
  readonly mac: string;
  readonly previousMac: string;
  readonly at: Instant;
}

export interface CurvePoint {
  readonly at: Instant;
  readonly left: number;
}

export interface Picture {
  now: Instant;
  /** Grows whenever something visible changed, so that nobody repaints in vain. */
  version: number;
  scenario: string;
  seed: number;
  pages: PageBook;
  /** Id of the VM that moves; a host may have others, which are not shown. */
  vm: string;
  readonly hosts: readonly [HostPicture, HostPicture];
  algorithm: string;
  format: string;
  status: MigrationStatus;
  statusReason: string;
  /** What these and the two times below are told by. */
  verdict: Verdict;
  /** The migration's own clock: from its start to its end. */
  startedAt: Instant | undefined;
  endedAt: Instant | undefined;
  readonly stages: StagePicture[];
  readonly rounds: RoundPicture[];
  decision: { readonly at: Instant; readonly action: string; readonly reason: string } | undefined;
  /** From the last instruction at the source to the first at the destination. */
  downtime: Span | undefined;
  /** Wall time that the guest's clock has lost, known since the VM runs at its destination. */
  clockLostNs: number | undefined;
  /** By which it was behind when it came out of a file: it came so. */
  clockBehindAtFirstNs: number;
  /** Somebody has paused the VM, wherever it is. */
  pausedByHand: boolean;
  outage: OutagePicture | undefined;
  readonly probes: ProbePicture[];
  probesLost: number;
  lastRoundTripNs: number | undefined;
  /** At the VM's serial line from the client: how much was typed, and what came back. */
  terminal: { readonly typed: number; readonly answered: number; readonly text: string };
  readonly switchTable: Map<string, SwitchEntry>;
  readonly arp: Map<string, ArpEntry>;
  link:
    | { readonly up: boolean; readonly bitsPerSecond: number; readonly latencyNs: number }
    | undefined;
  /** The last messages between the daemons, oldest first. */
  readonly messages: MessagePicture[];
  /** The last announcements and drops on the guest's network, oldest first, and how many drops in all. */
  readonly frames: FramePicture[];
  framesDropped: number;
  bytesSent: number;
  readonly parameters: Map<string, number>;
  translation:
    | {
        readonly from: string;
        readonly to: string;
        readonly bytes: number;
        readonly costNs: number;
      }
    | undefined;
  verified:
    | {
        readonly memoryEqual: boolean;
        readonly cpuEqual: boolean;
        readonly devicesEqual: boolean;
        readonly pagesCompared: number;
      }
    | undefined;
  /** Pages whose newest contents are not yet at the destination, over time. */
  readonly curve: CurvePoint[];
  /** The events worth a sentence, oldest first. */
  readonly notes: LabEvent[];
}
