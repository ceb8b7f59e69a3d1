/**
 * From a seed to a scenario with faults. As in TigerBeetle's swarm: for each seed some kinds of
 * faults are off and the others have wildly different weights, so that rare mixtures come up. Faults
 * are placed by stage, for most stages are too short to be hit by chance.
 */
import * as v from 'valibot';
import { Prng } from '../../base/prng.ts';
import { ALGORITHM_IDS, type AlgorithmId } from '../../migration/algorithms/ids.ts';
import { type Scenario, scenarioSchema } from '../scenario.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';

type ScenarioInput = v.InferInput<typeof scenarioSchema>;
type Fault = NonNullable<ScenarioInput['faults']>[number];
type FaultInput = Fault['input'];

export const START_MS = 20;
/** Virtual time by which everything has come to rest, or liveness is broken. */
export const LIMIT_MS = 75_000;
const STAGES = 7;
/** The stage in which most faults of a seed strike; what is short or seldom reached comes up oftener. */
const FOCUS = [0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 5, 5, 6, 6, 6] as const;
/** Rounds go over the wire only in stage 2, and pages are pulled only in stage 6. */
const NEEDED: Readonly<Record<number, readonly AlgorithmId[]>> = {
  2: ALGORITHM_IDS.filter((id) => id.startsWith('pre-copy') || id === 'hybrid'),
  3: ALGORITHM_IDS.filter((id) => !id.startsWith('pull')),
  6: ALGORITHM_IDS.filter((id) => id.startsWith('pull') || id === 'hybrid'),
};
/** How long after a stage begins a fault may strike, so that it mostly strikes inside it. */
const STAGE_SPAN_MS = [3, 2, 60, 2, 3, 3, 40] as const;
/** Endings of a link fault: soon, past the source's patience, past the destination's, never. */
const OUTAGES_MS = [3, 40, 350, 900, 2600, undefined] as const;

/** Some policies have no limit of rounds, as QEMU's: then a person gives up. After GO it changes nothing. */
const OUT_OF_PATIENCE: Fault = { when: { atMs: 12_000 }, input: { kind: 'cancel' } };

/** A scenario from nothing but a seed: the same one for ever. */
export function expand(seed: number): Scenario {
  const prng = Prng.stream(seed, 'simulation');
  const focus = pick(prng, FOCUS);
  const algorithm = pick(prng, NEEDED[focus] ?? ALGORITHM_IDS);
  const kinds = ['xen', 'kvm'] as const;
  const hosts = { source: pick(prng, kinds), destination: pick(prng, kinds) };
  const input: ScenarioInput = {
    name: `seed ${seed}`,
    seed,
    algorithm,
    hosts,
    vm: expandVm(prng),
    network: {
      bandwidthMbps: pick(prng, [30, 60, 100, 250]),
      latencyMs: pick(prng, [0.5, 1, 2, 5, 15]),
      lanLatencyMs: pick(prng, [0.5, 1]),
      probeIntervalMs: 50,
      newMac: prng.chance(1, 8),
      announce: pick(prng, ['default', 'default', 'rarp', 'garp', 'none']),
    },
    migration: {
      startMs: START_MS,
      maxRounds: 2 + prng.below(5),
      thresholdPages: pick(prng, [2, 10, 40]),
      downtimeLimitMs: pick(prng, [20, 100, 300]),
      timeoutMs: pick(prng, [200, 1500]),
      timeoutStrategy: pick(prng, ['cancel', 'force']),
      hybridRounds: prng.below(4),
      pivots: 1 + prng.below(3),
      samplingMs: pick(prng, [10, 100]),
      heldWrites: pick(prng, ['stall', 'switch-over']),
      addOns: expandChannels(seed),
      limitMs: LIMIT_MS,
      runOnMs: 100,
    },
    faults: [...expandFaults(prng, focus), ...expandHealing(prng), OUT_OF_PATIENCE],
  };
  return v.parse(scenarioSchema, input);
}

/** Drawn by themselves, so that the rest of a seed is what it was before there were channels. */
function expandChannels(seed: number): { channels: number; urgentChannel: boolean } {
  const prng = Prng.stream(seed, 'simulation channels');
  return { channels: pick(prng, [1, 1, 2, 4, 16]), urgentChannel: prng.chance(1, 3) };
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

function expandFaults(prng: Prng, focus: number): Fault[] {
  const weights = FAULT_KINDS.map(() => (prng.chance(1, 2) ? 0 : 1 + prng.below(100)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return [];
  const count = prng.below(10);
  return Array.from({ length: count }, () => {
    let draw = prng.below(total);
    const at = weights.findIndex((weight) => {
      draw -= weight;
      return draw < 0;
    });
    return faultsOf(prng, FAULT_KINDS[at], stageNear(prng, focus));
  }).flat();
}

/**
 * Most faults of a seed strike in one stage, a few in any: were they spread evenly, the first stages
 * would end most migrations and the last ones would hardly be seen.
 */
const stageNear = (prng: Prng, focus: number): number =>
  prng.chance(1, 5) ? prng.below(STAGES) : focus;

/** One fault with its place in time, and the end of it if it has one. */
function faultsOf(prng: Prng, kind: FaultKind, stage: number): Fault[] {
  const afterMs = prng.below(STAGE_SPAN_MS[stage] * 10) / 10;
  const here = (input: FaultInput, later = 0): Fault => ({
    when: { stage, afterMs: afterMs + later },
    input,
  });
  const outage = (input: FaultInput, end: FaultInput): Fault[] => {
    const lasts = pick(prng, OUTAGES_MS);
    return lasts === undefined ? [here(input)] : [here(input), here(end, lasts)];
  };
  const direction = pick(prng, ['to-destination', 'to-source'] as const);
  const message = (effect: 'lose' | 'duplicate' | 'corrupt' | 'reorder'): Fault[] => [
    here({ kind: 'messages', effect, direction, count: 1 + prng.below(3) }),
  ];
  const host = kind.startsWith('source') ? 0 : 1;
  switch (kind) {
    case 'link down':
      return outage({ kind: 'link', up: false }, { kind: 'link', up: true });
    case 'link one way':
      return outage({ kind: 'link', up: false, direction }, { kind: 'link', up: true, direction });
    case 'link slow':
      return [here({ kind: 'link', bandwidthMbps: pick(prng, [1, 8, 20]) })];
    case 'link delay':
      return outage(
        { kind: 'link', extraDelayMs: pick(prng, [2, 30, 200]), direction },
        { kind: 'link', extraDelayMs: 0, direction },
      );
    case 'link lossy':
      return outage(
        { kind: 'link', losePercent: pick(prng, [1, 10, 60]) },
        { kind: 'link', losePercent: 0 },
      );
    case 'message lost':
      return message('lose');
    case 'message doubled':
      return message('duplicate');
    case 'message damaged':
      return message('corrupt');
    case 'message overtaken':
      return message('reorder');
    case 'source paused':
    case 'destination paused':
      return [here({ kind: 'pause', host, forMs: pick(prng, [2, 60, 700, 2600]) })];
    case 'source crashed':
    case 'destination crashed':
      return [here({ kind: 'crash', host })];
    case 'source clock':
    case 'destination clock':
      return [here({ kind: 'clock', host, ratePercent: pick(prng, [50, 90, 110, 300]) })];
    case 'out of memory':
      return [here({ kind: 'memory', host: 1, leaveFrames: prng.below(500) })];
    case 'announcement lost':
      return [here({ kind: 'announcements', lose: 1 + prng.below(5) })];
    case 'switch stale':
      // No stage calls it, for the network sees none: three moments instead.
      return [0, 1, 2].map(() => ({
        when: { atMs: START_MS + prng.below(300) },
        input: { kind: 'switch', staleForMs: pick(prng, [5, 100, 1000]) },
      }));
    case 'cancelled':
      return [here({ kind: 'cancel' })];
  }
}

/**
 * The end of the safety phase: a core is healed, and what lies outside it stays broken for good, so
 * that nothing ends well only because every fault ends some time.
 */
function expandHealing(prng: Prng): Fault[] {
  const atMs = START_MS + 800 + prng.below(2500);
  const heal: Fault = { when: { atMs }, input: { kind: 'heal' } };
  const core = pick(prng, ['both', 'both', 'both', 'both', 'source', 'destination', 'parted']);
  const retry: Fault[] = prng.chance(1, 4)
    ? [{ when: { atMs: atMs + 4000 }, input: { kind: 'migrate' } }]
    : [];
  // A paused pull waits for somebody to take it up again. After a host that stood still for long the
  // round trip counts as long, and so the source finds out late.
  const recover = [100, 3000, 12_000].map(
    (later): Fault => ({ when: { atMs: atMs + later }, input: { kind: 'recover' } }),
  );
  switch (core) {
    case 'source':
      return [heal, { when: { atMs: atMs + 0.001 }, input: { kind: 'crash', host: 1 } }];
    case 'destination':
      return [heal, { when: { atMs: atMs + 0.001 }, input: { kind: 'crash', host: 0 } }];
    case 'parted':
      // A one-way cut that never heals.
      return [
        heal,
        {
          when: { atMs: atMs + 0.001 },
          input: {
            kind: 'link',
            up: false,
            direction: pick(prng, ['to-destination', 'to-source'] as const),
          },
        },
      ];
    default:
      return [heal, ...recover, ...retry];
  }
}

function pick<T>(prng: Prng, items: readonly T[]): T {
  return items[prng.below(items.length)];
}
