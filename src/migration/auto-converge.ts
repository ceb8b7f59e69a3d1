/**
 * QEMU's auto-converge (migration/ram.c, migration_trigger_throttle): when the guest has dirtied
 * more than a set share of what was sent, twice, its CPU is withheld from it, a little more each
 * time. Never on the ground of the first round, which sends everything.
 */
import type { RoundFacts } from './algorithms/algorithm.ts';
import type { AddOns } from './settings.ts';

export interface Convergence {
  /** CPU time withheld, per cent. */
  readonly percent: number;
  /** Rounds in which too much was dirtied since the last step. */
  readonly high: number;
}

export function converge(
  rounds: readonly RoundFacts[],
  { percent, high }: Convergence,
  addOns: AddOns,
): Convergence {
  const last = rounds.at(-1);
  if (last === undefined || rounds.length < 2) return { percent, high };
  const much = last.dirtiedPages * 100 > last.sentPages * addOns.throttleTrigger;
  if (!much) return { percent, high };
  if (high === 0) return { percent, high: 1 };
  const next = percent === 0 ? addOns.throttleInitial : percent + addOns.throttleIncrement;
  return { percent: Math.min(next, addOns.throttleMax), high: 0 };
}
