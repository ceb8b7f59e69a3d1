/** The scenarios that come with the page and the command line, by name. */
import * as v from 'valibot';
import { type Scenario, scenarioSchema } from './scenario.ts';

export interface Preset {
  readonly name: string;
  readonly title: string;
  /** What happens in it, in one sentence. */
  readonly summary: string;
  readonly scenario: Scenario;
}

/** The page opens with this one. */
export const DEFAULT_PRESET = 'converges';

function preset(
  name: string,
  title: string,
  summary: string,
  settings: v.InferInput<typeof scenarioSchema>,
): Preset {
  return { name, title, summary, scenario: v.parse(scenarioSchema, { ...settings, name }) };
}

export const PRESETS: readonly Preset[] = [
  preset(
    'converges',
    'Pre-copy converges',
    'Each round leaves fewer pages than the one before, until few enough are left to pause for.',
    {
      algorithm: 'pre-copy',
      vm: { memoryMiB: 4, workload: { workingSetPercent: 40, writesPerSecond: 250 } },
      network: { bandwidthMbps: 25 },
      migration: { thresholdPages: 8 },
    },
  ),
  preset(
    'hot-set',
    'A hot set that never cools',
    'More distinct pages are dirtied in every round than the threshold allows, so the round limit ends it.',
    {
      algorithm: 'pre-copy',
      vm: { memoryMiB: 4, workload: { workingSetPercent: 30, writesPerSecond: 5000 } },
      network: { bandwidthMbps: 25 },
      migration: { thresholdPages: 50, maxRounds: 5 },
    },
  ),
  preset(
    'pull',
    'Pull: run first, fetch later',
    'The VM moves at once; pages follow when the guest asks for them, and in the background.',
    {
      algorithm: 'pull',
      vm: { memoryMiB: 4, workload: { workingSetPercent: 40, writesPerSecond: 250 } },
      network: { bandwidthMbps: 25 },
    },
  ),
];

/** For the command line and for links: guests that need a whole PC, and networks that lose sight of the VM. */
export const COMMAND_PRESETS: readonly Preset[] = [
  preset(
    'default-pc',
    'A guest that lives by interrupts',
    'The opening scenario with a guest that needs a timer, an interrupt controller and a network card.',
    {
      algorithm: 'pre-copy',
      vm: {
        guest: 'muncher-pc',
        memoryMiB: 4,
        workload: { workingSetPercent: 40, writesPerSecond: 250 },
      },
      network: { bandwidthMbps: 25 },
      migration: { thresholdPages: 16 },
    },
  ),
  preset(
    'web',
    'A web server moves',
    'A web server has booted on host A; the client pings it and downloads from it through its network card while it moves.',
    {
      algorithm: 'pre-copy',
      vm: { guest: 'web', memoryMiB: 4 },
      network: {
        bandwidthMbps: 25,
        probe: 'ping',
        fetch: { path: '/file/40000', startMs: 0, repeatAfterMs: 20 },
      },
      // The guest is known by its address a second after it began to boot.
      migration: { startMs: 1300, thresholdPages: 32, runOnMs: 400 },
    },
  ),
  preset(
    'lost-announcements',
    'Announcements get lost',
    'The first three announcements are lost, so the switch sends to the old port until the fourth, half a second after the VM runs again.',
    {
      algorithm: 'pre-copy',
      vm: { memoryMiB: 4, workload: { workingSetPercent: 40, writesPerSecond: 250 } },
      network: { bandwidthMbps: 25, lostAnnouncements: 3 },
      migration: { thresholdPages: 8, runOnMs: 1000 },
    },
  ),
  preset(
    'new-mac',
    'A new MAC, announced by RARP',
    'The switch learns where the new MAC is, but RARP names no IP address: the client’s ARP cache keeps the old one until it is two seconds old.',
    {
      algorithm: 'pre-copy',
      vm: { memoryMiB: 4, workload: { workingSetPercent: 40, writesPerSecond: 250 } },
      network: { bandwidthMbps: 25, newMac: true, announce: 'rarp', arpAgeingMs: 2000 },
      migration: { thresholdPages: 8, runOnMs: 2500 },
    },
  ),
];

/** `default` is the page's opening scenario. */
export function findPreset(name: string): Preset | undefined {
  const wanted = name === 'default' ? DEFAULT_PRESET : name;
  return [...PRESETS, ...COMMAND_PRESETS].find((candidate) => candidate.name === wanted);
}
