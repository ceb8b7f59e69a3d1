/**
 * The choice by quality of service: the algorithm whose rehearsal keeps the targets best. Pure: the
 * same candidates and survey give the same choice.
 */
import { findAlgorithm } from './algorithms/registry.ts';
import type { Choice } from './choice.ts';
import { type Prediction, rehearse, type Survey } from './rehearsal.ts';
import type { QosTargets } from './settings.ts';

export interface Candidate {
  readonly id: string;
  readonly prediction: Prediction;
  /** How far over its target the worst figure is, in per cent of the target; 0: all are kept. */
  readonly excess: number;
}

export function rehearseAll(
  candidates: readonly string[],
  survey: Survey,
  targets: QosTargets,
): Candidate[] {
  return candidates.flatMap((id) => {
    const algorithm = findAlgorithm(id);
    if (algorithm === undefined) return [];
    const prediction = rehearse(algorithm, survey);
    return [{ id, prediction, excess: excessOf(prediction, targets) }];
  });
}

/** The one that keeps all targets with the shortest downtime; if none does, the one that misses least. */
export function chooseByTargets(candidates: readonly Candidate[]): Choice {
  const ending = candidates.filter(({ prediction }) => prediction.ends);
  const pool = ending.length > 0 ? ending : candidates;
  const best = pool.reduce((a, b) => (better(b, a) ? b : a));
  const keeping = pool.filter(({ excess }) => excess === 0).length;
  const { downtime, totalTime, slowdown, bytes } = best.prediction;
  const figures = `downtime ${ms(downtime)} ms, total ${ms(totalTime)} ms, slowdown ${slowdown / 100} %, ${bytes} bytes`;
  const why =
    keeping > 0
      ? `${keeping} of ${candidates.length} would keep all targets, this one with the shortest downtime`
      : `none of ${candidates.length} would keep all targets; this one misses by the least, ${best.excess} %`;
  return { id: best.id, reason: `${why}: ${figures}` };
}

/** Equal ones stay in the order of the offer. */
function better(a: Candidate, b: Candidate): boolean {
  if (a.excess !== b.excess) return a.excess < b.excess;
  if (a.prediction.downtime !== b.prediction.downtime)
    return a.prediction.downtime < b.prediction.downtime;
  return a.prediction.totalTime < b.prediction.totalTime;
}

function excessOf(prediction: Prediction, targets: QosTargets): number {
  const { downtime, totalTime, slowdown, bytes } = prediction;
  const { slowdownPercent } = targets;
  return Math.max(
    over(downtime, targets.downtime),
    over(totalTime, targets.totalTime),
    over(slowdown, slowdownPercent === undefined ? undefined : slowdownPercent * 100),
    over(bytes, targets.bytes),
  );
}

function over(value: number, target: number | undefined): number {
  if (target === undefined || value <= target) return 0;
  return Math.ceil(((value - target) * 100) / Math.max(1, target));
}

const ms = (nanoseconds: number): number => Math.round(nanoseconds / 1e4) / 100;
