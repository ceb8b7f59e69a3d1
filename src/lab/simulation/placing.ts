/**
 * The faults of a seed: which kinds, at which stage, and how the safety phase ends. Faults are placed
 * by stage, for most stages are too short to be hit by chance.
 */
import type * as v from 'valibot';
import type { Prng } from '../../base/prng.ts';
import type { scenarioSchema } from '../scenario.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';

export type ScenarioInput = v.InferInput<typeof scenarioSchema>;
type Fault = NonNullable<ScenarioInput['faults']>[number];
type FaultInput = Fault['input'];

const STAGES = 7;
/** How long after a stage begins a fault may strike, so that it mostly strikes inside it. */
const STAGE_SPAN_MS = [3, 2, 60, 2, 3, 3, 40] as const;
/** Endings of a link fault: soon, past the source's patience, past the destination's, never. */
const OUTAGES_MS = [3, 40, 350, 900, 2600, undefined] as const;

/** Some policies have no limit of rounds, as QEMU's: then a person gives up. After GO it changes nothing. */
export const OUT_OF_PATIENCE: Fault = { when: { atMs: 12_000 }, input: { kind: 'cancel' } };

/** Where in a seed's time its faults strike. */
export interface Placing {
  /** The stage in which most of them do. */
  readonly focus: number;
  /** When the migration starts. */
  readonly startMs: number;
}

export function expandFaults(prng: Prng, placing: Placing): Fault[] {
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
    return faultsOf(prng, FAULT_KINDS[at], stageNear(prng, placing.focus), placing);
  }).flat();
}

/**
 * Most faults of a seed strike in one stage, a few in any: were they spread evenly, the first stages
 * would end most migrations and the last ones would hardly be seen.
 */
const stageNear = (prng: Prng, focus: number): number =>
  prng.chance(1, 5) ? prng.below(STAGES) : focus;

/** Somebody pauses the VM, at any stage of its migration, and mostly lets it run again. */
export function expandByHand(prng: Prng): Fault[] {
  if (!prng.chance(1, 5)) return [];
  const stage = pick(prng, [0, 1, 2, 2, 3, 5, 5, 6, 6]);
  const afterMs = prng.below(STAGE_SPAN_MS[stage] * 10) / 10;
  const lasts = pick(prng, [2, 50, 400, undefined]);
  const suspend: Fault = { when: { stage, afterMs }, input: { kind: 'suspend-vm' } };
  if (lasts === undefined) return [suspend];
  return [suspend, { when: { stage, afterMs: afterMs + lasts }, input: { kind: 'resume-vm' } }];
}

/** The kinds take turns, one in a seed: so that no kind is left to luck in a stage that is seldom reached. */
export function expandTurn(seed: number, prng: Prng, placing: Placing): Fault[] {
  const kind = FAULT_KINDS[seed % FAULT_KINDS.length];
  return faultsOf(prng, kind, placing.focus, placing);
}

/** One fault with its place in time, and the end of it if it has one. */
function faultsOf(prng: Prng, kind: FaultKind, stage: number, { startMs }: Placing): Fault[] {
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
        when: { atMs: startMs + prng.below(300) },
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
export function expandHealing(prng: Prng, { startMs }: Placing): Fault[] {
  const atMs = startMs + 800 + prng.below(2500);
  const heal: Fault = { when: { atMs }, input: { kind: 'heal' } };
  const core = pick(prng, ['both', 'both', 'both', 'both', 'source', 'destination', 'parted']);
  const retry: Fault[] = prng.chance(1, 4)
    ? [{ when: { atMs: atMs + 4000 }, input: { kind: 'migrate' } }]
    : [];
  // A paused pull waits for somebody to take it up again, who may be there before it is paused.
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

export function pick<T>(prng: Prng, items: readonly T[]): T {
  return items[prng.below(items.length)];
}
