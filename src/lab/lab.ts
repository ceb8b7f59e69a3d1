/** A lab in one thread: the headless default, each lane of a comparison, and what tests look into. */
import { err, ok, type Result } from '../base/result.ts';
import { earliest, type Instant } from '../base/units.ts';
import type { Envelope } from '../sim/lockstep.ts';
import { HOST_A, HOST_B } from '../trace/event.ts';
import type { TraceChunk } from '../trace/recorder.ts';
import { traceText } from '../trace/text.ts';
import { HostParty } from './host-party.ts';
import { LabCore, type LabCoreState, type Settled } from './lab-core.ts';
import { NetworkParty } from './network-party.ts';
import type { LabParty, PartyCheckpoint, Payload } from './party.ts';
import type { PlantedBug } from './planted.ts';
import type { MigrationReport } from './report.ts';
import type { LabInput, Scenario } from './scenario.ts';
import { type LabWiring, wire } from './wiring.ts';

export interface LabCheckpoint {
  readonly core: LabCoreState;
  readonly parties: readonly PartyCheckpoint[];
}

/** Sees everything that leaves a party, when it leaves: a capture of the wires. */
export type LinkTap = (envelope: Envelope<Payload>) => void;

export class Lab {
  readonly core: LabCore;
  readonly hosts: readonly [HostParty, HostParty];
  readonly network: NetworkParty;
  private readonly parties: readonly LabParty[];
  private readonly tap: LinkTap | undefined;
  private trace: TraceChunk[] = [];

  private constructor(
    scenario: Scenario,
    wiring: LabWiring,
    checkpoint?: LabCheckpoint,
    tap?: LinkTap,
    planted?: PlantedBug,
  ) {
    this.tap = tap;
    this.hosts = [new HostParty(wiring.hosts[0], planted), new HostParty(wiring.hosts[1], planted)];
    this.network = new NetworkParty(wiring.network);
    this.parties = [...this.hosts, this.network];
    this.core = new LabCore(scenario, wiring, checkpoint?.core);
    checkpoint?.parties.forEach((state, i) => {
      this.parties[i].restore(state);
    });
  }

  static create(
    scenario: Scenario,
    guest: Uint8Array<ArrayBuffer>,
    tap?: LinkTap,
    planted?: PlantedBug,
  ): Result<Lab, string> {
    const wiring = wire(scenario, guest);
    return wiring.ok
      ? ok(new Lab(scenario, wiring.value, undefined, tap, planted))
      : err(wiring.error);
  }

  /** A lab that goes on where a checkpoint was taken; its trace text starts there, its hash does not. */
  static restore(
    scenario: Scenario,
    guest: Uint8Array<ArrayBuffer>,
    checkpoint: LabCheckpoint,
  ): Result<Lab, string> {
    const wiring = wire(scenario, guest);
    return wiring.ok ? ok(new Lab(scenario, wiring.value, checkpoint)) : err(wiring.error);
  }

  get now(): Instant {
    return this.core.now;
  }

  get finished(): boolean {
    return this.core.finished;
  }

  /** Runs to exactly `until`. What happened is also kept for `traceText`. */
  advance(until: Instant): { readonly chunks: readonly TraceChunk[]; readonly settled: Settled } {
    for (;;) {
      const grants = this.core.grants(until);
      if (grants.length === 0) break;
      for (const { party, grant } of grants) {
        const report = this.parties[party].advance(grant);
        if (this.tap) report.outgoing.forEach(this.tap);
        this.core.accept(party, report);
      }
    }
    const outcome = this.core.settle(until);
    this.trace.push(...outcome.chunks);
    return outcome;
  }

  input(input: LabInput): void {
    this.core.input(input);
  }

  /** Runs to the scenario's closing time. */
  finish(): void {
    // Short strides: the closing time becomes known only when the migration has ended.
    while (!this.finished)
      this.advance(earliest((this.now + 50_000_000) as Instant, this.core.closingTime));
  }

  report(): MigrationReport {
    return this.core.report(this.hosts[HOST_A].testimony(), this.hosts[HOST_B].testimony());
  }

  traceText(): string {
    return traceText(this.trace);
  }

  checkpoint(): LabCheckpoint {
    return { core: this.core.save(), parties: this.parties.map((party) => party.checkpoint()) };
  }
}
