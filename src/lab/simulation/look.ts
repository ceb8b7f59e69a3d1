/** Looks at the hosts of a lab that has come to rest, and sets the VM beside its twin. */
import { gfn, PAGE_SIZE } from '../../base/units.ts';
import type { Party } from '../../trace/event.ts';
import type { Vm } from '../../vmm/vmm.ts';
import { NEIGHBOUR_BYTE, NEIGHBOUR_ID } from '../faults-host.ts';
import { drivesCard } from '../guests.ts';
import type { HostParty } from '../host-party.ts';
import type { Lab } from '../lab.ts';
import type { GuestInput } from '../party.ts';
import type { Scenario } from '../scenario.ts';
import { runTwin, runTwinUntil, type TwinState } from '../twin.ts';
import { namedValues } from '../values.ts';
import { VM_ID } from '../wiring.ts';
import type { HostSight, TwinSight } from './checker/evidence.ts';

/** A host's machine memory, as far as it has been seen, and what was in use before any VM. */
export class HostWatch {
  private readonly host: HostParty;
  private readonly baseline: number;
  private memory: Uint8Array | undefined;

  constructor(host: HostParty) {
    this.host = host;
    this.baseline = host.framesInUse();
  }

  /** Machine memory can be seen only through a VM: to be called whenever one may have come. */
  glance(): void {
    this.memory ??= this.host.vmm.vms()[0]?.inspect().memory;
  }

  sight(): HostSight {
    const { host, baseline } = this;
    const vms = host.vmm.vms();
    return {
      vms: vms.map(({ config }) => ({ id: config.id, pages: config.pages })),
      running: host.running,
      framesInUse: host.framesInUse(),
      framesFree: host.vmm.freeFrames,
      framesTotal: host.vmm.totalFrames,
      baseline,
      strayBytes: this.memory === undefined ? 0 : countStray(this.memory, vms),
      neighbourChanged: neighbourChanged(vms),
      braked: isBraked(host),
      testimony: host.testimony(),
    };
  }
}

function isBraked({ brake }: HostParty): boolean {
  const { percent, limit } = brake.save();
  return percent > 0 || limit !== undefined || brake.on;
}

function countStray(memory: Uint8Array, vms: readonly Vm[]): number {
  const owned = new Set<number>();
  for (const vm of vms) {
    const view = vm.inspect();
    for (let frame = 0; frame < vm.config.pages; frame++) owned.add(view.frameOffset(gfn(frame)));
  }
  let stray = 0;
  for (let offset = 0; offset < memory.length; offset += PAGE_SIZE) {
    if (!owned.has(offset)) stray += nonZero(memory, offset);
  }
  return stray;
}

function nonZero(memory: Uint8Array, offset: number): number {
  const words = new Uint32Array(memory.buffer, memory.byteOffset + offset, PAGE_SIZE / 4);
  if (words.every((word) => word === 0)) return 0;
  return memory.subarray(offset, offset + PAGE_SIZE).filter((byte) => byte !== 0).length;
}

function neighbourChanged(vms: readonly Vm[]): number {
  const vm = vms.find(({ config }) => config.id === NEIGHBOUR_ID);
  if (vm === undefined) return 0;
  const page = new Uint8Array(PAGE_SIZE);
  let changed = 0;
  for (let frame = 0; frame < vm.config.pages; frame++) {
    vm.readPage(gfn(frame), page);
    if (page.some((byte) => byte !== NEIGHBOUR_BYTE)) changed++;
  }
  return changed;
}

/** Where the VM is to be looked for, and after how many instructions it left for good each time. */
export interface Travels {
  readonly home: Party;
  readonly leftAt: readonly number[];
}

/** The VM where it runs, or where it stands still, against a twin given the same inputs. */
export function lookAtTwin(
  lab: Lab,
  scenario: Scenario,
  image: Uint8Array<ArrayBuffer>,
  { home: party, leftAt }: Travels,
): TwinSight | undefined {
  const vm = lab.hosts[party].vmm.vms().find(({ config }) => config.id === VM_ID);
  const bare = !drivesCard(scenario.vm);
  if (vm === undefined || (!bare && takesTime(scenario))) return undefined;
  const inputs = inOrder(lab, leftAt);
  const twin = (bare ? twinOfCount : twinOfTime)(vm, image, inputs);
  if (!twin.ok) return undefined;
  const view = vm.inspect();
  let pagesCompared = 0;
  let pagesDiffering = 0;
  for (let frame = 0; frame < vm.config.pages; frame++) {
    if (vm.isMissing(gfn(frame))) continue;
    pagesCompared++;
    const at = view.frameOffset(gfn(frame));
    if (!pageEqual(view.memory, at, twin.value.memory, frame * PAGE_SIZE)) pagesDiffering++;
  }
  return {
    party,
    retired: vm.retired,
    twinRetired: twin.value.retired,
    pagesCompared,
    pagesDiffering,
    // A twin of a bare guest takes no faults of a dirty log, so its clock differs.
    registersDiffering: differing(view.registers(), twin.value.registers, bare ? ['tsc'] : []),
    devicesDiffering: bare ? [] : differing(view.devices(), twin.value.devices, []),
    console: twin.value.console,
  };
}

/** What the guest was told on either host: A's up to when it left, B's, and A's since it is back. */
function inOrder(lab: Lab, [left = Number.POSITIVE_INFINITY]: readonly number[]): GuestInput[] {
  const [a, b] = lab.hosts.map((host) => host.guestInputs());
  const before = a.filter(({ retired }) => retired <= left);
  return [...before, ...b, ...a.slice(before.length)];
}

/**
 * The log of dirty pages, pages that are waited for, or a host that stands still: what takes time from
 * a guest shifts its ticks, and a twin does not know of it.
 */
const takesTime = ({ algorithm, faults }: Scenario): boolean =>
  algorithm !== 'stop-and-copy' ||
  faults.some(({ input }) => input.kind === 'pause' || input.kind === 'suspend-vm');

function twinOfCount(vm: Vm, image: Uint8Array<ArrayBuffer>, inputs: readonly GuestInput[]) {
  const { pages, instructionNs } = vm.config;
  const before = inputs.filter(({ retired }) => retired <= vm.retired);
  return runTwin(image, pages, instructionNs, before, vm.retired);
}

const twinOfTime = (vm: Vm, guest: Uint8Array<ArrayBuffer>, inputs: readonly GuestInput[]) =>
  runTwinUntil({ ...vm.config, guest }, inputs, vm.inspect().guestTime());

function differing(
  mine: Parameters<typeof namedValues>[0],
  its: TwinState['registers'],
  except: readonly string[],
): readonly string[] {
  const names = Object.entries(namedValues(mine)).filter(
    ([name, value]) => !except.includes(name) && its[name] !== value,
  );
  return names.map(([name]) => name);
}

function pageEqual(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
  for (let i = 0; i < PAGE_SIZE; i++) if (a[atA + i] !== b[atB + i]) return false;
  return true;
}
