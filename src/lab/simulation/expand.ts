/**
 * From a seed to a scenario with faults. As in TigerBeetle's swarm: for each seed some kinds of
 * faults are off and the others have wildly different weights, so that rare mixtures come up. Faults
 * are placed by stage, for most stages are too short to be hit by chance.
 */
import * as v from 'valibot';
import { Prng } from '../../base/prng.ts';
import { ALGORITHM_IDS, type AlgorithmId } from '../../migration/algorithms/ids.ts';
import { type Scenario, scenarioSchema } from '../scenario.ts';
import {
  expandByHand,
  expandFaults,
  expandHealing,
  expandPatience,
  expandTurn,
  expandWayBack,
  type Placing,
  pick,
  type ScenarioInput,
} from './placing.ts';

const START_MS = 20;
/** By then a guest with devices has booted, and mostly the client has downloaded from it. */
const BOOTED_MS = 1500;
/** By then a VM that no fault struck on its way to host B is there, with all its pages. */
const WAY_THERE_MS = 5000;
/** Virtual time by which everything has come to rest, or liveness is broken. */
export const LIMIT_MS = 75_000;
/** The stage in which most faults of a seed strike; what is short or seldom reached comes up oftener. */
const FOCUS = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 6, 6, 6] as const;
/** Rounds go over the wire only in stage 2, and pages are pulled only in stage 6. */
const NEEDED: Readonly<Record<number, readonly AlgorithmId[]>> = {
  2: ALGORITHM_IDS.filter((id) => id.startsWith('pre-copy') || id === 'hybrid'),
  3: ALGORITHM_IDS.filter((id) => !id.startsWith('pull')),
  6: ALGORITHM_IDS.filter((id) => id.startsWith('pull') || id === 'hybrid'),
};

/** A scenario from nothing but a seed: the same one for ever. */
export function expand(seed: number): Scenario {
  const prng = Prng.stream(seed, 'simulation');
  const focus = pick(prng, FOCUS);
  const drawn = pick(prng, NEEDED[focus] ?? ALGORITHM_IDS);
  const whole = expandWhole(seed, drawn);
  const { algorithm = drawn, startMs = START_MS } = whole ?? {};
  const placing = { focus, ...expandJourney(seed, startMs) };
  const kinds = ['xen', 'kvm'] as const;
  const hosts = { source: pick(prng, kinds), destination: pick(prng, kinds) };
  const input: ScenarioInput = {
    name: `seed ${seed}`,
    seed,
    algorithm,
    hosts,
    vm: { ...expandVm(prng), ...whole?.vm },
    network: {
      bandwidthMbps: pick(prng, [30, 60, 100, 250]),
      latencyMs: pick(prng, [0.5, 1, 2, 5, 15]),
      lanLatencyMs: pick(prng, [0.5, 1]),
      probeIntervalMs: 50,
      newMac: prng.chance(1, 8),
      announce: pick(prng, ['default', 'default', 'rarp', 'garp', 'none']),
      ...whole?.network,
    },
    migration: {
      startMs,
      maxRounds: 2 + prng.below(5),
      thresholdPages: pick(prng, [2, 10, 40]),
      downtimeLimitMs: pick(prng, [20, 100, 300]),
      timeoutMs: pick(prng, [200, 1500]),
      timeoutStrategy: pick(prng, ['cancel', 'force']),
      hybridRounds: prng.below(4),
      pivots: 1 + prng.below(3),
      samplingMs: pick(prng, [10, 100]),
      heldWrites: pick(prng, ['stall', 'switch-over']),
      addOns: { ...expandChannels(seed), ...expandAddOns(seed), verify: verifies(seed) },
      limitMs: LIMIT_MS,
      runOnMs: 100,
    },
    faults: [
      ...expandWayBack(placing, startMs),
      ...expandFaults(prng, placing),
      ...expandTurn(seed, Prng.stream(seed, 'simulation turn'), placing),
      ...expandByHand(Prng.stream(seed, 'simulation by hand'), placing),
      ...expandHealing(prng, placing),
      expandPatience(placing),
    ],
  };
  return v.parse(scenarioSchema, input);
}

/**
 * One seed in ten has its faults strike a VM that came to host B before and goes back to host A; in
 * another it goes back when all faults are over.
 */
function expandJourney(seed: number, startMs: number): Omit<Placing, 'focus'> {
  const prng = Prng.stream(seed, 'simulation way back');
  const journey = prng.below(10);
  if (journey === 0) return { startMs: startMs + WAY_THERE_MS, source: 1, returns: false };
  return { startMs, source: 0, returns: journey === 1 };
}

/** Drawn by themselves, so that the rest of a seed is what it was before there were channels. */
function expandChannels(seed: number): { channels: number; urgentChannel: boolean } {
  const prng = Prng.stream(seed, 'simulation channels');
  return { channels: pick(prng, [1, 1, 2, 4, 16]), urgentChannel: prng.chance(1, 3) };
}

const verifies = (seed: number): boolean => Prng.stream(seed, 'simulation verify').chance(1, 5);

type AddOns = NonNullable<ScenarioInput['migration']>['addOns'];

function expandAddOns(seed: number): AddOns {
  const prng = Prng.stream(seed, 'simulation add-ons');
  return {
    zeroPages: pick(prng, ['legacy', 'legacy', 'multifd', 'none']),
    xbzrleCacheKiB: pick(prng, [0, 0, 64, 1024]),
    compression: pick(prng, ['none', 'none', 'none', 'deflate']),
    autoConverge: prng.chance(1, 3),
    throttleInitialPercent: pick(prng, [20, 60]),
    throttleTriggerPercent: pick(prng, [5, 50]),
    dirtyLimitPagesPerSecond: pick(prng, [0, 0, 0, 30, 200]),
    maxBandwidthMbps: pick(prng, [null, null, null, 10]),
  };
}

/** What a guest with devices changes of a seed. */
interface WholePc {
  readonly vm: ScenarioInput['vm'];
  readonly network: ScenarioInput['network'];
  readonly startMs: number;
  readonly algorithm: AlgorithmId;
}

/**
 * One seed in eight has a guest that halts, takes interrupts and serves files through its card.
 * Some of these move by stop-and-copy, which takes no time from the guest: only then can a twin that
 * counts in guest time be set beside it.
 */
function expandWhole(seed: number, drawn: AlgorithmId): WholePc | undefined {
  const prng = Prng.stream(seed, 'simulation devices');
  if (!prng.chance(1, 8)) return undefined;
  return {
    vm: { guest: pick(prng, ['idle-pc', 'muncher-pc']), instructionNs: 2500 },
    network: {
      newMac: false,
      probe: 'ping',
      fetch: { path: '/file/40000', startMs: 0, repeatAfterMs: 20 },
    },
    startMs: BOOTED_MS + prng.below(1000),
    algorithm: drawn.startsWith('pre-copy') && prng.chance(1, 2) ? 'stop-and-copy' : drawn,
  };
}

/**
 * Slow guests: what counts is the order of events, and an instruction that takes long leaves the
 * budget of instructions for the whole of a long wait.
 */
function expandVm(prng: Prng): ScenarioInput['vm'] {
  return {
    guest: pick(prng, ['muncher', 'muncher', 'muncher', 'ticker', 'idle']),
    memoryMiB: prng.chance(1, 8) ? 4 : 2,
    instructionNs: pick(prng, [8000, 10_000, 15_000]),
    workload: {
      workingSetPercent: pick(prng, [2, 10, 40, 80]),
      writesPerSecond: pick(prng, [50, 400, 1200]),
    },
  };
}
