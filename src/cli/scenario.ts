/** `vmferry scenario`: what scenarios there are, what is in one, and what may be. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { ok } from '../base/result.ts';
import { PRESETS } from '../lab/presets.ts';
import { scenarioSchema } from '../lab/scenario.ts';
import { defineCommand } from './define-command.ts';
import { loadScenario } from './load-scenario.ts';

const asJson = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

function presetList(): string {
  const width = Math.max(...PRESETS.map(({ name }) => name.length));
  return PRESETS.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('');
}

export const scenario = defineCommand({
  name: 'scenario',
  summary: 'Prints a scenario in full, the schema of scenario files, or the presets.',
  argument: {
    name: 'SCENARIO',
    help: 'A preset or a JSON file, checked and printed with every default filled in.',
    required: false,
  },
  options: {
    schema: { kind: 'flag', help: 'Print the JSON schema of scenario files.' },
    json: { kind: 'flag', help: 'Print the presets as JSON, with their scenarios.' },
  },
  async run({ argument, options }, surroundings) {
    if (options.schema) {
      // What a file may hold: keys with a default may be left out.
      surroundings.stdout(
        asJson(toJsonSchema(scenarioSchema, { typeMode: 'input', ignoreActions: ['check'] })),
      );
    } else if (argument !== '') {
      const loaded = await loadScenario(argument, surroundings);
      if (!loaded.ok) return loaded;
      surroundings.stdout(asJson(loaded.value));
    } else {
      surroundings.stdout(options.json ? asJson(PRESETS) : presetList());
    }
    return ok(0);
  },
});
