/** `vmferry convert`: a state file of one format as one of another, through the common model. */
import { err, ok } from '../base/result.ts';
import { QEMU_MACHINES } from '../vmm/format.ts';
import { defineCommand } from './define-command.ts';
import { FORMAT_CHOICES, loadStateFile, writeStateFile } from './state-files.ts';

export const convert = defineCommand({
  name: 'convert',
  summary: 'Translates a state file into another format.',
  argument: { name: 'FILE', help: 'A state file; its format is seen from it.', required: true },
  options: {
    to: { kind: 'choice', value: 'FORMAT', choices: FORMAT_CHOICES, help: 'Of the new file.' },
    machine: {
      kind: 'choice',
      value: 'MACHINE',
      choices: QEMU_MACHINES,
      help: 'For which of QEMU’s machines, to qemu; none if not given',
    },
    output: { kind: 'text', value: 'FILE', short: 'o', help: 'Where to write it.' },
    json: { kind: 'flag', help: 'Print what was done as JSON.' },
  },
  async run({ argument, options }, surroundings) {
    const { to, output, machine } = options;
    if (to === undefined) return err(`convert needs --to ${FORMAT_CHOICES.join('|')}`);
    if (output === undefined) return err('convert needs -o FILE');
    if (machine !== undefined && to !== 'qemu')
      return err(`--machine is for --to qemu, not for ${to}`);
    const loaded = await loadStateFile(argument, surroundings);
    if (!loaded.ok) return loaded;
    const { format, file } = loaded.value;
    const target = { format: to, output, ...(machine === undefined ? {} : { machine }) };
    const written = await writeStateFile(file.image, target, surroundings);
    if (!written.ok) return written;
    const { bytes } = written.value;
    const notes = [...file.notes, ...written.value.notes];
    surroundings.stdout(
      options.json
        ? `${JSON.stringify({ from: format.id, to, file: output, bytes, notes }, undefined, 2)}\n`
        : [`${output}: ${bytes} bytes`, ...notes].map((line) => `${line}\n`).join(''),
    );
    return ok(0);
  },
});
