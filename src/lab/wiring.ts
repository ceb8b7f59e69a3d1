/**
 * What each party is made of, as plain data worked out from the scenario once, so that a party can
 * be built in any thread from a message.
 */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import {
  type Duration,
  duration,
  type Instant,
  instant,
  milliseconds,
  NEVER,
  PAGE_SIZE,
} from '../base/units.ts';
import type { AlgorithmId } from '../migration/algorithms/ids.ts';
import type { AlgorithmChoice, MigrationSettings } from '../migration/settings.ts';
import type { AnnounceKind } from '../net/announce.ts';
import type { FetchPlan } from '../net/fetcher.ts';
import type { TableTimes } from '../net/learned-table.ts';
import type { ProbeKind } from '../net/prober.ts';
import type { LatencyMatrix } from '../sim/lockstep.ts';
import { HOST_A, HOST_B, NETWORK } from '../trace/event.ts';
import { featuresWithout } from '../vmm/processor.ts';
import type { DirtyLogChoice, HostProcessor, RelocationSettings, VmmKind } from '../vmm/vmm.ts';
import { drivesCard, FILE_GUEST } from './guests.ts';
import { choiceOf, settingsOf } from './migration-settings.ts';
import type { LabInput, Scenario } from './scenario.ts';

/** Frames a host has beyond its guests', for the VMM's own use. */
const SPARE_FRAMES = 64;

export const VM_ID = 'vm1';
/** Names and addresses of the two hosts. */
export const HOST_ADDRESSES = [
  { name: 'host-a', address: '10.0.0.1' },
  { name: 'host-b', address: '10.0.0.2' },
] as const;
export const VM_IP = '10.0.0.5';
export const CLIENT_IP = '10.0.0.9';
/** Locally administered addresses; 52:54:00 is the prefix QEMU gives its NICs. */
export const VM_MAC = '52:54:00:12:34:56';
export const VM_MOVED_MAC = '52:54:00:12:34:57';
export const CLIENT_MAC = '52:54:00:00:00:09';

/** Six bytes of an address in text. */
export const macBytes = (address: string): number[] =>
  address.split(':').map((byte) => Number.parseInt(byte, 16));

export interface HostWiring {
  readonly party: number;
  readonly peer: number;
  readonly vmmKind: VmmKind;
  readonly peerKind: VmmKind;
  readonly seed: number;
  readonly processor?: HostProcessor;
  readonly dirtyLog?: DirtyLogChoice;
  readonly relocation?: RelocationSettings;
  /** CPU features hidden from the guest that boots here. */
  readonly masked?: readonly string[];
  readonly machineFrames: number;
  readonly vmPages: number;
  readonly instructionNs: number;
  /** Loaded and started here at time 0; absent at the destination. */
  readonly guest?: Uint8Array<ArrayBuffer>;
  /** What the guest's file is, where it is none of the project's: what boots here, or a state to go on from. */
  readonly guestFile?: { readonly kind: 'kernel' | 'state'; readonly digest: string };
  /** Nothing of it runs before somebody lets it. */
  readonly paused?: boolean;
  readonly workload: { readonly workingSetPercent: number; readonly writesPerSecond: number };
  readonly bitsPerSecond: number;
  readonly linkLatency: Duration;
  readonly lanLatency: Duration;
  readonly vmMac: string;
  /** The guest drives its network card and answers for its addresses itself. */
  readonly guestHasNic: boolean;
  readonly announce: AnnounceKind;
  /** Announcements that get lost: the first so many. */
  readonly lostAnnouncements: number;
  readonly migration: {
    readonly startAt: Instant;
    readonly algorithm: AlgorithmId;
    readonly settings: MigrationSettings;
    readonly choice: AlgorithmChoice;
  };
  /** Faults that wait for what this host sees; only the source's host sees rounds start. */
  readonly triggeredFaults: readonly TriggeredFault[];
}

export interface TriggeredFault {
  readonly on: { readonly round: number } | { readonly stage: number; readonly from: Instant };
  readonly afterNs: number;
  /** Canonical JSON of a `LabInput`. */
  readonly input: string;
}

export interface NetworkWiring {
  readonly lanLatency: Duration;
  readonly probeInterval: Duration;
  readonly probe: ProbeKind;
  readonly fetch?: FetchPlan;
  readonly switchTimes: TableTimes;
  readonly arpTimes: TableTimes;
}

export interface LabWiring {
  readonly hosts: readonly [HostWiring, HostWiring];
  readonly network: NetworkWiring;
  readonly latency: LatencyMatrix;
  /** Faults with a time of their own. */
  readonly inputs: readonly { readonly at: Instant; readonly input: LabInput }[];
}

/** Which parties an input goes to. */
export function inputParties(input: LabInput): readonly number[] {
  switch (input.kind) {
    case 'migrate':
      return [input.from === 1 ? HOST_B : HOST_A];
    case 'link':
      // A cable is unplugged at the source's end; its rate is a property of both ports.
      return input.bandwidthMbps === undefined || input.direction === 'to-destination'
        ? [HOST_A]
        : [HOST_A, HOST_B];
    case 'messages':
      return [HOST_A];
    case 'announcements':
      return [input.host === 0 ? HOST_A : HOST_B];
    case 'switch':
      return [NETWORK];
    case 'heal':
      return [HOST_A, HOST_B, NETWORK];
    case 'cancel':
    case 'switch-to-pull':
    case 'switch-over':
    case 'recover':
    case 'resolve':
    case 'give-up':
    case 'suspend-vm':
    case 'resume-vm':
    case 'workload':
      return [HOST_A, HOST_B];
    case 'console':
      return [NETWORK];
    case 'crash':
    case 'pause':
    case 'clock':
    case 'memory':
      return [input.host === 0 ? HOST_A : HOST_B];
  }
}

/**
 * Whose trace an input stands on: the first party's that it goes to. One that is off does nothing by
 * it, and notes what the others do.
 */
export function isNotedBy(input: LabInput, party: number, off: boolean): boolean {
  const [first, ...others] = inputParties(input);
  return first === party && (!off || others.length > 0);
}

/** Which host waits for the fault's moment: the first one that it concerns. */
function waitAt(
  when: {
    readonly round?: number;
    readonly stage?: number;
    readonly fromMs?: number | undefined;
    readonly afterMs: number;
  },
  input: LabInput,
): Result<{ readonly party: number; readonly fault: TriggeredFault }, string> {
  const [party] = inputParties(input);
  const { round, stage, fromMs = 0 } = when;
  if (round !== undefined && party !== HOST_A) {
    return err(
      `faults: "${input.kind}" cannot wait for a round, because only the source sees rounds begin; give it "stage" or "atMs"`,
    );
  }
  if (party === NETWORK) {
    return err(
      `faults: "${input.kind}" cannot wait for a stage, because the network sees none; give it "atMs"`,
    );
  }
  const from = instant(Math.round(fromMs * 1e6));
  const on = round === undefined ? { stage: stage ?? 0, from } : { round };
  const fault = { on, afterNs: Math.round(when.afterMs * 1e6), input: JSON.stringify(input) };
  return ok({ party, fault });
}

function processorOf(wanted: Scenario['hosts']['sourceProcessor']): {
  readonly processor?: HostProcessor;
} {
  if (wanted === undefined) return {};
  const { lacks, tscMhz, tsc } = wanted;
  return { processor: { features: featuresWithout(lacks), tscKhz: tscMhz * 1000, tsc } };
}

/** What the schema cannot see because it takes two values, by the name of one. */
function contradiction({ vm, network, hosts }: Scenario): string | undefined {
  if ((vm.guest === FILE_GUEST) !== (vm.file !== undefined))
    return `vm.file: the guest "${FILE_GUEST}" has one, and no other has; this is "${vm.guest}"`;
  if (drivesCard(vm) && network.newMac)
    return `network.newMac: guest "${vm.guest}" has a network card, whose address moves with it; choose a guest without one, or leave newMac out`;
  const { relocation, destination } = hosts;
  return relocation === undefined || destination === 'xen'
    ? undefined
    : `hosts.relocation: a host of kind ${destination} has no such keys, only xen`;
}

function wireNetwork(network: Scenario['network']): NetworkWiring {
  const { fetch, probe } = network;
  const plan = fetch && {
    path: fetch.path,
    startAt: instant(Math.round(fetch.startMs * 1e6)),
    pause: fetch.repeatAfterMs === undefined ? undefined : milliseconds(fetch.repeatAfterMs),
  };
  return {
    lanLatency: milliseconds(network.lanLatencyMs),
    probeInterval: milliseconds(network.probeIntervalMs),
    probe,
    switchTimes: {
      ageing: milliseconds(network.switchAgeingMs),
      stale: milliseconds(network.switchStaleMs),
    },
    arpTimes: {
      ageing: milliseconds(network.arpAgeingMs),
      stale: milliseconds(network.arpStaleMs),
    },
    ...(plan && { fetch: plan }),
  };
}

interface PlannedFaults {
  /** By host. */
  readonly triggered: readonly [readonly TriggeredFault[], readonly TriggeredFault[]];
  readonly inputs: LabWiring['inputs'];
}

/** Faults by whether their moment is known beforehand. */
function planFaults(scenario: Scenario): Result<PlannedFaults, string> {
  const triggered: [TriggeredFault[], TriggeredFault[]] = [[], []];
  const inputs: { at: Instant; input: LabInput }[] = [];
  for (const fault of scenario.faults) {
    const { when, input } = fault;
    if ('atMs' in when) {
      inputs.push({ at: instant(Math.round(when.atMs * 1e6)), input });
      continue;
    }
    const waiting = waitAt(when, input);
    if (!waiting.ok) return waiting;
    const { party, fault: waits } = waiting.value;
    triggered[party === HOST_A ? 0 : 1].push(waits);
    // What is asked of both hosts, as to pause the VM wherever it is: each watches for the moment.
    if (party === HOST_A && inputParties(input).includes(HOST_B)) triggered[1].push(waits);
  }
  return ok({ triggered, inputs });
}

/** From and to host A, host B and the network. */
function latencies(link: Duration, lan: Duration): LatencyMatrix {
  const none = duration(0);
  return [
    [none, link, lan],
    [link, none, lan],
    [lan, lan, none],
  ];
}

export function wire(
  scenario: Scenario,
  guest: Uint8Array<ArrayBuffer>,
): Result<LabWiring, string> {
  const { vm, network, hosts, migration } = scenario;
  const strange = contradiction(scenario);
  if (strange !== undefined) return err(strange);
  const linkLatency = milliseconds(network.latencyMs);
  const lanLatency = milliseconds(network.lanLatencyMs);
  const planned = planFaults(scenario);
  if (!planned.ok) return planned;
  const { triggered, inputs } = planned.value;

  const guestHasNic = drivesCard(vm);
  const pages = (vm.memoryMiB * 1024 * 1024) / PAGE_SIZE;
  const common = {
    seed: scenario.seed,
    ...(hosts.dirtyLog && { dirtyLog: hosts.dirtyLog }),
    machineFrames: pages + Math.ceil(pages / 4) + SPARE_FRAMES,
    vmPages: pages,
    guestHasNic,
    instructionNs: vm.instructionNs,
    workload: vm.workload,
    bitsPerSecond: Math.round(network.bandwidthMbps * 1e6),
    linkLatency,
    lanLatency,
    lostAnnouncements: network.lostAnnouncements,
    migration: {
      startAt: migration.startMs === null ? NEVER : instant(Math.round(migration.startMs * 1e6)),
      algorithm: scenario.algorithm,
      choice: choiceOf(migration, scenario.seed),
      settings: settingsOf(migration, Math.round(network.bandwidthMbps * 1e6)),
    },
  };
  const announce = (kind: VmmKind): AnnounceKind =>
    network.announce !== 'default' ? network.announce : kind === 'kvm' ? 'rarp' : 'garp';
  const a: HostWiring = {
    ...common,
    party: HOST_A,
    peer: HOST_B,
    vmmKind: hosts.source,
    peerKind: hosts.destination,
    ...processorOf(hosts.sourceProcessor),
    ...(vm.mask && { masked: vm.mask }),
    guest,
    ...(vm.file && { guestFile: { kind: vm.file.kind, digest: vm.file.digest } }),
    ...(vm.paused && { paused: true }),
    vmMac: VM_MAC,
    announce: announce(hosts.source),
    triggeredFaults: triggered[0],
  };
  const b: HostWiring = {
    ...common,
    party: HOST_B,
    peer: HOST_A,
    vmmKind: hosts.destination,
    peerKind: hosts.source,
    ...processorOf(hosts.destinationProcessor),
    ...(hosts.relocation && { relocation: hosts.relocation }),
    vmMac: network.newMac ? VM_MOVED_MAC : VM_MAC,
    announce: announce(hosts.destination),
    triggeredFaults: triggered[1],
  };
  return ok({
    hosts: [a, b],
    network: wireNetwork(network),
    latency: latencies(linkLatency, lanLatency),
    inputs,
  });
}
