/** `vmferry save`: a scenario's VM at one moment, as a state file. */
import { err, ok, type Result } from '../base/result.ts';
import { after, duration, instant, milliseconds } from '../base/units.ts';
import { Lab } from '../lab/lab.ts';
import type { Scenario } from '../lab/scenario.ts';
import { QEMU_MACHINES } from '../vmm/format.ts';
import { imageOf } from '../vmm/vm-image.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { Surroundings } from './command.ts';
import { defineCommand } from './define-command.ts';
import { loadGuest } from './load-guest.ts';
import { loadScenario } from './load-scenario.ts';
import { FORMAT_CHOICES, writeStateFile } from './state-files.ts';

const MAX_MS = 3_600_000;
/** A shadow ends with the next instruction; a string of them has never been this long. */
const MAX_SHADOW_STEPS = 64;

/** The source's VM at that moment of a run in which nothing migrates; suspended. */
export async function vmAt(
  scenario: Scenario,
  atMs: number,
  surroundings: Surroundings,
): Promise<Result<Vm, string>> {
  const guest = await loadGuest(scenario.vm.guest, surroundings);
  if (!guest.ok) return guest;
  const migration = { ...scenario.migration, startMs: null };
  const lab = Lab.create({ ...scenario, migration }, guest.value);
  if (!lab.ok) return err(`the scenario ${scenario.name} cannot run: ${lab.error}`);
  // The guest boots at 0, so it is there just after.
  const moment = instant(Math.max(1, milliseconds(atMs)));
  lab.value.advance(moment);
  const [source] = lab.value.hosts;
  const { vm } = source;
  if (vm === undefined || !source.running)
    return err(`the scenario ${scenario.name} has no running guest at ${atMs} ms`);
  stepPastShadow(vm, source.now);
  vm.suspend();
  return ok(vm);
}

/** Not every format has a place for "the next instruction takes no interrupt". */
function stepPastShadow(vm: Vm, start: ReturnType<typeof instant>): void {
  let now = start;
  for (let i = 0; i < MAX_SHADOW_STEPS; i++) {
    if (vm.inspect().registers().interruptShadow === 0) return;
    now = vm.run(now, after(now, duration(1))).now;
  }
}

export const save = defineCommand({
  name: 'save',
  summary: 'Runs a scenario’s guest, without migrating it, and writes its state at one moment.',
  argument: { name: 'SCENARIO', help: 'A preset (default, …) or a JSON file.', required: true },
  options: {
    at: { kind: 'integer', value: 'MS', min: 0, max: MAX_MS, help: 'Virtual time in ms (500).' },
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
    const vm = await vmAt(scenario.value, at, surroundings);
    if (!vm.ok) return vm;
    const image = imageOf(vm.value);
    const target = { format, output, ...(machine === undefined ? {} : { machine }) };
    const written = await writeStateFile(image, target, surroundings);
    if (!written.ok) return written;
    const { bytes, notes } = written.value;
    const { retired } = vm.value;
    surroundings.stdout(
      options.json
        ? `${JSON.stringify({ format, file: output, bytes, retired, notes }, undefined, 2)}\n`
        : [`${output}: ${bytes} bytes`, ...notes].map((line) => `${line}\n`).join(''),
    );
    return ok(0);
  },
});
