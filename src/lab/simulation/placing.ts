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

/** By now everyone has lost patience with a migration that goes on. */
const PATIENCE_MS = 12_000;
/** Time for a VM that is sent back after its faults: whatever the way there took, it is over. */
const RETURN_MS = 8000;

/** Where in a seed's time its faults strike. */
export interface Placing {
  /** The stage in which most of them do. */
  readonly focus: number;
  /** When the migration that they strike starts. */
  readonly startMs: number;
  /** Who sends the VM away in it. */
  readonly source: 0 | 1;
  /** The VM is sent back when all is well again. */
  readonly returns: boolean;
}

const again = (atMs: number): Fault => ({ when: { atMs }, input: { kind: 'migrate' } });
const sentBack = (atMs: number): Fault => ({ when: { atMs }, input: { kind: 'migrate', from: 1 } });

/** A VM that came to host B in peace before its faults strike on the way back. */
export function expandWayBack({ source, startMs }: Placing, firstMs: number): Fault[] {
  if (source === 0) return [];
  // Some policies go on for ever.
  const enough: Fault = { when: { atMs: firstMs + 1500 }, input: { kind: 'switch-over' } };
  return [enough, sentBack(startMs)];
}

/** Some policies have no limit of rounds, as QEMU's: then a person gives up. After GO it changes nothing. */
export const expandPatience = ({ source, startMs }: Placing): Fault => ({
  when: { atMs: source === 0 ? PATIENCE_MS : startMs + PATIENCE_MS },
  input: { kind: 'cancel' },
});

/** The stage of the migration that the faults strike, and not of one before. */
const inStage = (stage: number, afterMs: number, { source, startMs }: Placing): Fault['when'] =>
  source === 0 ? { stage, afterMs } : { stage, afterMs, fromMs: startMs };

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
export function expandByHand(prng: Prng, placing: Placing): Fault[] {
  if (!prng.chance(1, 5)) return [];
  const stage = pick(prng, [0, 1, 2, 2, 3, 5, 5, 6, 6]);
  const afterMs = prng.below(STAGE_SPAN_MS[stage] * 10) / 10;
  const lasts = pick(prng, [2, 50, 400, undefined]);
  const suspend: Fault = { when: inStage(stage, afterMs, placing), input: { kind: 'suspend-vm' } };
  if (lasts === undefined) return [suspend];
  const end = inStage(stage, afterMs + lasts, placing);
  return [suspend, { when: end, input: { kind: 'resume-vm' } }];
}

/** The kinds take turns, one in a seed: so that no kind is left to luck in a stage that is seldom reached. */
export function expandTurn(seed: number, prng: Prng, placing: Placing): Fault[] {
  const kind = FAULT_KINDS[seed % FAULT_KINDS.length];
  return faultsOf(prng, kind, placing.focus, placing);
}

/** One fault with its place in time, and the end of it if it has one. */
function faultsOf(prng: Prng, kind: FaultKind, stage: number, placing: Placing): Fault[] {
  const { source, startMs } = placing;
  const destination = source === 0 ? 1 : 0;
  const afterMs = prng.below(STAGE_SPAN_MS[stage] * 10) / 10;
  const here = (input: FaultInput, later = 0): Fault => ({
    when: inStage(stage, afterMs + later, placing),
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
  const host = kind.startsWith('source') ? source : destination;
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
      return [here({ kind: 'memory', host: destination, leaveFrames: prng.below(500) })];
    case 'announcement lost':
      return [here(announcementsLost(1 + prng.below(5), destination))];
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

const announcementsLost = (lose: number, host: 0 | 1): FaultInput =>
  host === 1 ? { kind: 'announcements', lose } : { kind: 'announcements', lose, host };

/**
 * The end of the safety phase: a core is healed, and what lies outside it stays broken for good, so
 * that nothing ends well only because every fault ends some time.
 */
export function expandHealing(prng: Prng, { startMs, source, returns }: Placing): Fault[] {
  const atMs = startMs + 800 + prng.below(2500);
  const heal: Fault = { when: { atMs }, input: { kind: 'heal' } };
  const core = pick(prng, ['both', 'both', 'both', 'both', 'source', 'destination', 'parted']);
  const retry: Fault[] = prng.chance(1, 4)
    ? [source === 0 ? again(atMs + 4000) : sentBack(atMs + 4000)]
    : [];
  // A paused pull waits for somebody to take it up again, who may be there before it is paused.
  const recover = [100, 3000, 12_000].map(
    (later): Fault => ({ when: { atMs: atMs + later }, input: { kind: 'recover' } }),
  );
  const off = (host: 0 | 1): Fault => ({
    when: { atMs: atMs + 0.001 },
    input: { kind: 'crash', host },
  });
  switch (core) {
    case 'source':
      return [heal, off(source === 0 ? 1 : 0)];
    case 'destination':
      return [heal, off(source)];
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
      return [heal, ...recover, ...retry, ...(returns ? [sentBack(atMs + RETURN_MS)] : [])];
  }
}

export function pick<T>(prng: Prng, items: readonly T[]): T {
  return items[prng.below(items.length)];
}
