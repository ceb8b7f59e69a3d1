/** The part of a scenario that the page's controls show: flat, so that each control owns one name. */
import type { Scenario } from '../lab/scenario.ts';

export interface Settings {
  readonly algorithm: Scenario['algorithm'];
  readonly source: Scenario['hosts']['source'];
  readonly destination: Scenario['hosts']['destination'];
  readonly memoryMiB: number;
  readonly workingSetPercent: number;
  readonly writesPerSecond: number;
  readonly bandwidthMbps: number;
  readonly latencyMs: number;
  readonly seed: number;
}
export type SettingName = keyof Settings;
export type Workload = Pick<Settings, 'workingSetPercent' | 'writesPerSecond'>;

/** Those that act on a running guest; the others need a new run. */
export const LIVE_SETTINGS: readonly SettingName[] = ['workingSetPercent', 'writesPerSecond'];

/** What a number may be, in a link as well as in a control. */
export const RANGES = {
  memoryMiB: { min: 4, max: 64, whole: true },
  workingSetPercent: { min: 1, max: 90, whole: true },
  writesPerSecond: { min: 0, max: 1_000_000, whole: true },
  bandwidthMbps: { min: 1, max: 10_000, whole: false },
  latencyMs: { min: 0.01, max: 1000, whole: false },
  seed: { min: 0, max: 0xffff_ffff, whole: true },
} as const;
export type NumberSetting = keyof typeof RANGES;

export function settingsOf(scenario: Scenario): Settings {
  const { algorithm, hosts, vm, network, seed } = scenario;
  return {
    algorithm,
    source: hosts.source,
    destination: hosts.destination,
    memoryMiB: vm.memoryMiB,
    workingSetPercent: vm.workload.workingSetPercent,
    writesPerSecond: vm.workload.writesPerSecond,
    bandwidthMbps: network.bandwidthMbps,
    latencyMs: network.latencyMs,
    seed,
  };
}

/** `base` with the settings in their places; recorded inputs belong to the old run and are left out. */
export function scenarioWith(base: Scenario, settings: Settings): Scenario {
  const { workingSetPercent, writesPerSecond, memoryMiB, bandwidthMbps, latencyMs } = settings;
  return {
    ...base,
    seed: settings.seed,
    algorithm: settings.algorithm,
    hosts: { ...base.hosts, source: settings.source, destination: settings.destination },
    vm: { ...base.vm, memoryMiB, workload: { workingSetPercent, writesPerSecond } },
    network: { ...base.network, bandwidthMbps, latencyMs },
    inputs: [],
  };
}

/** Names of the settings in which two differ. */
export function changedSettings(from: Settings, to: Settings): SettingName[] {
  return (Object.keys(from) as SettingName[]).filter((name) => from[name] !== to[name]);
}

/** The guest's workload at a moment of the run: the scenario's, and what was changed on the way. */
export function workloadAt(scenario: Scenario, inputs: Scenario['inputs'], at: number): Workload {
  const { workingSetPercent, writesPerSecond } = scenario.vm.workload;
  let workload: Workload = { workingSetPercent, writesPerSecond };
  for (const { atNs, input } of inputs) {
    if (input.kind !== 'workload' || atNs >= at) continue;
    workload = {
      workingSetPercent: input.workingSetPercent ?? workload.workingSetPercent,
      writesPerSecond: input.writesPerSecond ?? workload.writesPerSecond,
    };
  }
  return workload;
}
