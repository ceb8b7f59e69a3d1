/** `vmferry exec`: runs one guest program alone and tells how it ended. */
import { err, ok, type Result } from '../base/result.ts';
import { runAlone } from '../machine/run-alone.ts';
import type { ExitStatus } from './command.ts';
import { defineCommand } from './define-command.ts';
import { loadGuest } from './load-guest.ts';
import { answerRun } from './run-answer.ts';
import { runHosted } from './run-hosted.ts';

const DEFAULT_RAM_MIB = 4;
const DEFAULT_MAX_INSTRUCTIONS = 1_000_000_000;

export const exec = defineCommand({
  name: 'exec',
  summary: 'Runs a guest alone until it exits, halts or reaches the limit; prints its console.',
  argument: {
    name: 'GUEST_OR_ELF',
    help: 'A guest of this project by name, a 32-bit multiboot ELF file, or a program (.asm).',
    required: true,
  },
  options: {
    host: {
      kind: 'choice',
      value: 'HOST',
      choices: ['xen', 'xen-pv', 'kvm'],
      help: 'Run it under this VMM; without, on a bare machine.',
    },
    ram: { kind: 'integer', value: 'MIB', min: 1, max: 1024, help: 'Memory in MiB (4).' },
    'max-instructions': {
      kind: 'integer',
      value: 'N',
      min: 1,
      max: 1e15,
      help: 'Stop after this many instructions (1000000000).',
    },
    json: { kind: 'flag', help: 'Print exit, registers, RAM hash and console as JSON.' },
  },
  async run({ argument, options }, surroundings): Promise<Result<ExitStatus, string>> {
    if (options.host === 'xen-pv')
      return err('--host xen-pv: paravirtual guests are not there yet; use xen, kvm or neither');
    const elf = await loadGuest(argument, surroundings);
    if (!elf.ok) return elf;
    const limits = {
      ramMib: options.ram ?? DEFAULT_RAM_MIB,
      maxInstructions: options['max-instructions'] ?? DEFAULT_MAX_INSTRUCTIONS,
    };
    const result =
      options.host === undefined
        ? runAlone(elf.value, limits)
        : runHosted(elf.value, { host: options.host, ...limits });
    if (!result.ok) return err(`${argument}: ${result.error.message}`);
    return ok(answerRun(argument, result.value, options.json, surroundings));
  },
});
