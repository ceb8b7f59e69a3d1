/** A goal as data: what to reach from a given start, and whether a run reached it and kept to its terms. */

import type { Scenario } from '../../lab/scenario.ts';
import { changedSettings, type SettingName, settingsOf } from '../../store/settings.ts';
import type { GoalId } from '../../store/shared-view.ts';
import type { RunFacts } from './facts.ts';
import type { LessonRun } from './lesson.ts';
import { scenarioOf } from './open-run.ts';

export interface Criterion {
  readonly text: string;
  readonly of: (facts: RunFacts) => number;
  /** At most so much. */
  readonly most: number;
  readonly shown: (value: number) => string;
}

export interface Goal {
  readonly id: GoalId;
  readonly title: string;
  readonly start: LessonRun;
  /** What the run must leave as it was. */
  readonly fixed: 'guest' | 'guest-and-link';
  readonly criteria: readonly Criterion[];
  readonly solution: { readonly says: string; readonly run: LessonRun };
}

const GUEST: readonly SettingName[] = ['memoryMiB', 'workingSetPercent', 'writesPerSecond'];
const LINK: readonly SettingName[] = ['bandwidthMbps', 'latencyMs'];

export type Standing = 'open' | 'met' | 'missed';

/** Figures only grow: one that is too large cannot become right; one that is right may only count in the end. */
export function standing(criterion: Criterion, facts: RunFacts): Standing {
  if (criterion.of(facts) > criterion.most) return 'missed';
  return facts.status === 'completed' ? 'met' : 'open';
}

/** Guest, and link where the goal says so, as at the start, from the settings as well as on the way. */
export function keptTerms(goal: Goal, scenario: Scenario, inputs: Scenario['inputs']): boolean {
  const { scenario: start } = scenarioOf(goal.start);
  const linkFixed = goal.fixed === 'guest-and-link';
  const touched = inputs.some(
    ({ input: { kind } }) => kind === 'workload' || (linkFixed && kind === 'link'),
  );
  const changed = changedSettings(settingsOf(start), settingsOf(scenario));
  return (
    !touched &&
    scenario.vm.guest === start.vm.guest &&
    !changed.some((name) => GUEST.includes(name) || (linkFixed && LINK.includes(name)))
  );
}

export const reached = (goal: Goal, facts: RunFacts): boolean =>
  goal.criteria.every((criterion) => standing(criterion, facts) === 'met');

/** The less, the better: the first criterion is what a goal is about. */
export const scoreOf = ({ criteria: [first] }: Goal, facts: RunFacts): number =>
  first?.of(facts) ?? 0;

export const scoreShown = ({ criteria: [first] }: Goal, score: number): string =>
  first?.shown(score) ?? '';
