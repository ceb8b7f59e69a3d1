/** `vmferry save`: a scenario's VM at one moment, as a state file. */
import { err, ok } from '../base/result.ts';
import { QEMU_MACHINES } from '../vmm/format.ts';
import { imageOf } from '../vmm/vm-image.ts';
import { defineCommand } from './define-command.ts';
import { GUEST_OPTION } from './load-guest.ts';
import { loadScenario } from './load-scenario.ts';
import { FORMAT_CHOICES, writeStateFile } from './state-files.ts';
import { MAX_LAB_MS, pauseSource, stillLab } from './still-lab.ts';

export const save = defineCommand({
  name: 'save',
  summary: 'Runs a scenario’s guest, without migrating it, and writes its state at one moment.',
  argument: { name: 'SCENARIO', help: 'A preset (default, …) or a JSON file.', required: true },
  options: {
    guest: GUEST_OPTION,
    at: {
      kind: 'integer',
      value: 'MS',
      min: 0,
      max: MAX_LAB_MS,
      help: 'Virtual time in ms (500).',
    },
    format: {
      kind: 'choice',
      value: 'FORMAT',
      choices: FORMAT_CHOICES,
      help: 'Of the state file.',
    },
    machine: {
      kind: 'choice',
      value: 'MACHINE',
      choices: QEMU_MACHINES,
      help: 'For which of QEMU’s machines, with format qemu; none if not given',
    },
    output: { kind: 'text', value: 'FILE', short: 'o', help: 'Where to write it.' },
    json: { kind: 'flag', help: 'Print what was written as JSON.' },
  },
  async run({ argument, options }, surroundings) {
    const { format, output, machine, at = 500 } = options;
    if (format === undefined) return err(`save needs --format ${FORMAT_CHOICES.join('|')}`);
    if (output === undefined) return err('save needs -o FILE');
    if (machine !== undefined && format !== 'qemu')
      return err(`--machine is for --format qemu, not for ${format}`);
    const scenario = await loadScenario(argument, surroundings);
    if (!scenario.ok) return scenario;
    const lab = await stillLab(scenario.value, options.guest, at, surroundings);
    if (!lab.ok) return lab;
    const vm = pauseSource(lab.value);
    const image = imageOf(vm);
    const target = { format, output, ...(machine === undefined ? {} : { machine }) };
    const written = await writeStateFile(image, target, surroundings);
    if (!written.ok) return written;
    const { bytes, notes } = written.value;
    const { retired } = vm;
    surroundings.stdout(
      options.json
        ? `${JSON.stringify({ format, file: output, bytes, retired, notes }, undefined, 2)}\n`
        : [`${output}: ${bytes} bytes`, ...notes].map((line) => `${line}\n`).join(''),
    );
    return ok(0);
  },
});
