/** A scenario: a preset's name, or a JSON file. */
import { err, ok, type Result } from '../base/result.ts';
import { findPreset, PRESETS } from '../lab/presets.ts';
import type { Scenario } from '../lab/scenario.ts';
import { decodeScenario, MAX_SCENARIO_BYTES } from '../lab/scenario-file.ts';
import type { Surroundings } from './command.ts';
import { readInput } from './files.ts';

export async function loadScenario(
  name: string,
  surroundings: Surroundings,
): Promise<Result<Scenario, string>> {
  const preset = findPreset(name);
  if (preset !== undefined) return ok(preset.scenario);
  const file = await readInput(name, MAX_SCENARIO_BYTES, surroundings);
  if (!file.ok) {
    const names = ['default', ...PRESETS.map((known) => known.name)].join(', ');
    return err(`${file.error}; give a scenario file, or one of the presets ${names}`);
  }
  return decodeScenario(name, file.value);
}
