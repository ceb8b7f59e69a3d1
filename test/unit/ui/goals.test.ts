import { describe, expect, it } from 'vitest';
import { Lab } from '../../../src/lab/lab.ts';
import { findPreset } from '../../../src/lab/presets.ts';
import type { Scenario } from '../../../src/lab/scenario.ts';
import { GOAL_IDS } from '../../../src/store/shared-view.ts';
import { factsOf, type RunFacts } from '../../../src/ui/lessons/facts.ts';
import { keptTerms, reached, standing } from '../../../src/ui/lessons/goal.ts';
import { scenarioOf } from '../../../src/ui/lessons/open-run.ts';
import { GOALS } from '../../../src/ui/strings/goals.ts';
import { LabStory } from '../../support/lab-story.ts';
import { guestImage } from '../../support/labs.ts';

function run(scenario: Scenario): RunFacts {
  const lab = Lab.create(scenario, guestImage(scenario.vm.guest));
  if (!lab.ok) throw new Error(lab.error);
  return factsOf(new LabStory(lab.value).finish().picture, scenario);
}

describe('a goal', () => {
  it('has a name that a link may say, as all of them have', () => {
    expect(GOALS.map(({ id }) => id)).toEqual([...GOAL_IDS]);
  });

  it.each(GOALS.map((goal) => ({ ...goal })))('is reached by its solution: $title', (goal) => {
    const { scenario } = scenarioOf(goal.solution.run);
    expect(keptTerms(goal, scenario, [])).toBe(true);
    expect(reached(goal, run(scenario))).toBe(true);
  });

  it('is missed as soon as one figure is too large, and met only in the end', () => {
    const [{ criteria }] = GOALS as [(typeof GOALS)[number]];
    const [downtime] = criteria as [(typeof criteria)[number]];
    const facts = { status: 'active', downtimeMs: 49 } as RunFacts;
    expect(standing(downtime, facts)).toBe('open');
    expect(standing(downtime, { ...facts, status: 'completed' })).toBe('met');
    expect(standing(downtime, { ...facts, downtimeMs: 51 })).toBe('missed');
  });

  it('does not count a run whose guest or link was made easier', () => {
    const [goal] = GOALS as [(typeof GOALS)[number]];
    const start = scenarioOf(goal.start).scenario;
    const faster = { ...start, network: { ...start.network, bandwidthMbps: 1000 } };
    const calmer = { kind: 'workload', writesPerSecond: 0 } as const;
    expect(keptTerms(goal, start, [])).toBe(true);
    expect(keptTerms(goal, faster, [])).toBe(false);
    expect(keptTerms({ ...goal, fixed: 'guest' }, faster, [])).toBe(true);
    expect(keptTerms(goal, start, [{ atNs: 1, input: calmer }])).toBe(false);
    expect(keptTerms(goal, findPreset('converges')?.scenario ?? start, [])).toBe(false);
  });
});
