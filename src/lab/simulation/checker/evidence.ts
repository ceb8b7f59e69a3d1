/** What the checker sees with its own eyes when everything has come to rest, beside the trace. */
import type { Testimony } from '../../party.ts';
import type { MigrationReport } from '../../report.ts';

export interface HostSight {
  readonly vms: readonly { readonly id: string; readonly pages: number }[];
  readonly running: boolean;
  readonly framesInUse: number;
  readonly framesFree: number;
  readonly framesTotal: number;
  /** In use before there was any VM. */
  readonly baseline: number;
  /** Bytes that are not zero in frames that belong to no VM. */
  readonly strayBytes: number;
  /** Pages of the neighbour's VM that are not as it left them. */
  readonly neighbourChanged: number;
  /** Time is withheld from the guest here, or its stores have to wait. */
  readonly braked: boolean;
  /** What the witness there saw when the VM was frozen or woken. */
  readonly testimony: Testimony | undefined;
}

/** The VM, wherever it is, against a twin that was never migrated. */
export interface TwinSight {
  readonly party: number;
  readonly retired: number;
  readonly twinRetired: number;
  readonly pagesCompared: number;
  readonly pagesDiffering: number;
  readonly registersDiffering: readonly string[];
  /** Interrupt controller, timer, clock, serial port and card; of guests that have them. */
  readonly devicesDiffering: readonly string[];
  readonly console: string;
}

export interface Evidence {
  readonly hosts: readonly [HostSight, HostSight];
  /** The VM's address on each host. */
  readonly macs: readonly [string, string];
  readonly twin: TwinSight | undefined;
  readonly report: MigrationReport;
  /** Of the download that was under way last: bytes that are not the file's. */
  readonly wrongBytes: number;
  /** Both hosts and the link were whole from the healing on: nothing may stay undecided. */
  readonly healed: boolean;
  /** Limit of rounds sent while the VM runs. */
  readonly maxRounds: number;
}
