/**
 * Which algorithm, out of what both hosts offer: the one asked for or one at random; `qos-choice.ts`
 * has the one that keeps targets. Pure: the same offers and seed give the same choice.
 */
import { Prng } from '../base/prng.ts';
import { findAlgorithm } from './algorithms/registry.ts';

export interface Choice {
  readonly id: string;
  readonly reason: string;
}

/** In the source's order. */
export function commonAlgorithms(here: readonly string[], there: readonly string[]): string[] {
  return here.filter((id) => there.includes(id) && findAlgorithm(id) !== undefined);
}

export function chooseAtRandom(candidates: readonly string[], seed: number): Choice {
  const id = candidates[Prng.stream(seed, 'algorithm').below(candidates.length)];
  return { id, reason: `one of the ${candidates.length} that both hosts offer, by seed ${seed}` };
}
