/** Puts a run of a lesson or a goal on the page. */

import { findPreset, PRESETS } from '../../lab/presets.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { settingsOf } from '../../store/settings.ts';
import type { App } from '../use-store.ts';
import type { LessonRun } from './lesson.ts';

export function openRun(
  { store, player }: App,
  run: LessonRun,
): { readonly scenario: Scenario; readonly opened: Promise<void> } {
  const { preset, scenario } = scenarioOf(run);
  const settings = settingsOf(scenario);
  store.setState({ preset, base: scenario, draft: settings, notices: [], previous: undefined });
  return { scenario, opened: player.open(scenario) };
}

/** The run as a scenario of its own: a preset with the lesson's differences. */
export function scenarioOf(run: LessonRun): { preset: string; scenario: Scenario } {
  const { name: preset, scenario } = findPreset(run.preset) ?? PRESETS[0];
  return {
    preset,
    scenario: {
      ...scenario,
      ...run.settings,
      migration: { ...scenario.migration, ...run.migration },
      network: { ...scenario.network, ...run.network },
    },
  };
}
