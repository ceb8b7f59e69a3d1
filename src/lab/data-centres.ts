/**
 * Two data centres with a link between them, as the paper's CloudSim experiment had them: each has a
 * Xen-like and a KVM-like host, VMs are deployed to one and moved, by their ids, to the host of the
 * other kind in the other centre. Every VM has a lab of its own, so what it does and what moves is
 * the engine's; the labs share one clock, each centre's RAM, and the link.
 *
 * The link is shared evenly among the migrations under way, none getting more than its VM's own
 * bandwidth, and shared anew when one begins or ends. Ends are seen every millisecond.
 */
import { err, ok, type Result } from '../base/result.ts';
import { earliest, type Instant, instant, milliseconds, START } from '../base/units.ts';
import {
  type CentresStep,
  type CentresView,
  type Move,
  RAM_MIB,
  scenarioOf,
  VM_NAME,
  type VmPlan,
  type VmRow,
} from './data-centre-model.ts';
import { fairShares } from './fair-shares.ts';
import { Lab } from './lab.ts';
import type { MigrationReport } from './report.ts';

const STRIDE = milliseconds(1);
export const MAX_VMS = 4;

interface Deployed {
  readonly plan: VmPlan;
  readonly lab: Lab;
  /** When its lab's clock began. */
  readonly born: Instant;
  /** Its host's centre: 0 or 1. */
  at: 0 | 1;
  moving: { readonly ramBefore: readonly [number, number]; share: number } | undefined;
}

/** A migration's last words. */
const ENDINGS: readonly string[] = ['completed', 'failed', 'cancelled'];

export class DataCentres {
  private readonly linkMbps: number;
  private readonly vms: Deployed[] = [];
  private readonly moves: Move[] = [];
  private readonly steps: CentresStep[] = [];
  private now: Instant = START;

  constructor(linkMbps: number) {
    this.linkMbps = linkMbps;
  }

  /** A new VM runs from now on. On failure there is none. */
  deploy(plan: VmPlan, guest: Uint8Array<ArrayBuffer>): Result<void, string> {
    const { id, memoryMiB, centre } = plan;
    if (this.vms.length >= MAX_VMS)
      return err(`there are ${MAX_VMS} VMs, and no more can be run here`);
    if (!VM_NAME.test(id)) return err(`“${id}” is no id: write 1 to 20 letters, digits, dashes`);
    if (this.find(id) !== undefined)
      return err(`there is a VM ${id} already: an id belongs to one VM`);
    const room = this.refuseRam(centre, memoryMiB);
    if (room !== undefined) return err(`${id} is not deployed: ${room}`);
    const created = Lab.create(scenarioOf(plan, this.linkMbps), guest);
    if (!created.ok) return err(`${id} is not deployed: ${created.error}`);
    const lab = created.value;
    lab.advance(instant(1));
    this.vms.push({ plan, lab, born: this.now, at: centre, moving: undefined });
    this.steps.push({ atMs: this.nowMs, deploy: plan });
    return ok(undefined);
  }

  /** To the other centre, while it runs. */
  migrate(id: string): Result<void, string> {
    const vm = this.find(id);
    if (vm === undefined) return err(`there is no VM ${id}`);
    if (vm.moving !== undefined) return err(`${id} is on its way already`);
    const to = vm.at === 0 ? 1 : 0;
    const room = this.refuseRam(to, vm.plan.memoryMiB);
    if (room !== undefined) return err(`${id} stays: ${room}`);
    vm.moving = { ramBefore: this.ramUsed(), share: 0 };
    this.share();
    vm.lab.input({ kind: 'migrate', from: vm.at === vm.plan.centre ? 0 : 1 });
    this.steps.push({ atMs: this.nowMs, migrate: id });
    return ok(undefined);
  }

  advance(until: Instant): void {
    while (this.now < until) {
      this.now = earliest(until, (this.now + STRIDE) as Instant);
      const ended = this.vms.filter((vm) => this.run(vm));
      if (ended.length > 0) this.share();
    }
  }

  view(): CentresView {
    return {
      now: this.now,
      linkMbps: this.linkMbps,
      ramMiB: RAM_MIB,
      ramUsedMiB: this.ramUsed(),
      vms: this.vms.map(rowOf),
      moves: [...this.moves],
      story: { steps: [...this.steps], untilMs: this.nowMs },
    };
  }

  /** Whole: time passes by strides of a millisecond. */
  private get nowMs(): number {
    return Math.floor(this.now / 1e6);
  }

  /** True: its migration has ended. */
  private run(vm: Deployed): boolean {
    const { chunks } = vm.lab.advance(instant(Math.max(1, this.now - vm.born)));
    const isEnd = chunks.some(({ events }) =>
      events.some(
        (event) =>
          event.kind === 'migration.status' &&
          event.role === 'source' &&
          ENDINGS.includes(event.status),
      ),
    );
    const { moving } = vm;
    if (!isEnd || moving === undefined) return false;
    const report = vm.lab.report();
    const from = vm.at;
    if (report.status === 'completed') vm.at = from === 0 ? 1 : 0;
    vm.moving = undefined;
    this.moves.push(moveOf(vm, from, report, moving.ramBefore, this.ramUsed()));
    return true;
  }

  private share(): void {
    const moving = this.vms.filter((vm) => vm.moving !== undefined);
    const shares = fairShares(
      this.linkMbps,
      moving.map(({ plan }) => plan.bandwidthMbps),
    );
    moving.forEach((vm, i) => {
      if (vm.moving === undefined || vm.moving.share === shares[i]) return;
      vm.moving.share = shares[i];
      vm.lab.input({ kind: 'link', bandwidthMbps: shares[i] });
    });
  }

  private refuseRam(centre: 0 | 1, memoryMiB: number): string | undefined {
    const used = this.ramUsed()[centre] + this.promised(centre);
    if (used + memoryMiB <= RAM_MIB) return undefined;
    return `datacenter ${centre + 1} has ${RAM_MIB - used} MiB of RAM free, and ${memoryMiB} are needed`;
  }

  /** What the VMMs have given to VMs, running there or being received. */
  private ramUsed(): readonly [number, number] {
    const used: [number, number] = [0, 0];
    for (const { lab, plan } of this.vms)
      lab.hosts.forEach((host, party) => {
        const pages = host.vmm.vms().reduce((sum, { config }) => sum + config.pages, 0);
        used[party === 0 ? plan.centre : 1 - plan.centre] += pages / 256;
      });
    return used;
  }

  /** For VMs that were sent on their way, and for which their destination has not made room yet. */
  private promised(centre: 0 | 1): number {
    return this.vms
      .filter(({ moving, at }) => moving !== undefined && at !== centre)
      .filter(({ lab, plan }) => lab.hosts[centre === plan.centre ? 0 : 1].vmm.vms().length === 0)
      .reduce((sum, { plan }) => sum + plan.memoryMiB, 0);
  }

  private find(id: string): Deployed | undefined {
    return this.vms.find(({ plan }) => plan.id === id);
  }
}

function rowOf({ plan, lab, at, moving }: Deployed): VmRow {
  const host = lab.hosts[at === plan.centre ? 0 : 1];
  const { id, memoryMiB, imageMiB, bandwidthMbps } = plan;
  return {
    id,
    memoryMiB,
    imageMiB,
    bandwidthMbps,
    centre: at,
    kind: host.vmm.kind,
    running: host.running,
    retired: host.vm?.retired ?? 0,
    share: moving?.share,
  };
}

function moveOf(
  { plan: { id } }: Deployed,
  from: 0 | 1,
  report: MigrationReport,
  ramBefore: readonly [number, number],
  ramAfter: readonly [number, number],
): Move {
  const { status, startMs, totalTimeMs, downtimeMs, transferredBytes, verification } = report;
  const { source, destination, traceHash } = report;
  const { memoryEqual, cpuEqual, devicesEqual } = verification;
  const verified = memoryEqual && cpuEqual && devicesEqual;
  const figures = { startMs, totalTimeMs, downtimeMs, transferredBytes, traceHash };
  return { id, from, source, destination, status, verified, ...figures, ramBefore, ramAfter };
}
