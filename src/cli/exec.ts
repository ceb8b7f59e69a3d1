/** `vmferry exec`: runs one guest program alone and tells how it ended. */
import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../base/result.ts';
import { type RunAloneResult, runAlone } from '../machine/run-alone.ts';
import type { ExitStatus } from './command.ts';
import { defineCommand } from './define-command.ts';
import { loadGuest } from './load-guest.ts';
import { runHosted } from './run-hosted.ts';

const DEFAULT_RAM_MIB = 4;
const DEFAULT_MAX_INSTRUCTIONS = 1_000_000_000;

/** How a run ended, in one word, and in words. */
function ending({ exit, exitCode }: RunAloneResult): { name: string; text: string } {
  switch (exit.reason) {
    case 'stopped':
      return exitCode === undefined
        ? { name: 'stopped', text: exit.cause }
        : { name: 'exit-port', text: `exit port, code ${exitCode}` };
    case 'halted':
      return { name: 'halted', text: 'halted; nothing will wake it' };
    case 'output':
    case 'budget':
      return { name: 'limit', text: 'the instruction limit was reached' };
    case 'missing-page':
      return { name: 'stopped', text: `page ${exit.gfn} is missing` };
  }
}

function asJson(result: RunAloneResult): string {
  const { name, text } = ending(result);
  const answer = {
    exit: name,
    cause: text,
    exitCode: result.exitCode ?? null,
    instructions: result.instructions,
    registers: Object.fromEntries(
      Object.entries(result.registers).map(([register, value]) => [register, plainNumber(value)]),
    ),
    ramSha256: createHash('sha256').update(result.ram).digest('hex'),
    console: new TextDecoder().decode(result.console),
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

/** JSON has no 64-bit integers: what a number cannot hold exactly becomes text. */
const plainNumber = (value: number | bigint): number | string =>
  typeof value === 'bigint' && value > BigInt(Number.MAX_SAFE_INTEGER)
    ? String(value)
    : Number(value);

/** Ending by the exit port, in HLT or at the limit is what was asked for; all else is a failure. */
const statusOf = (result: RunAloneResult): ExitStatus =>
  ending(result).name === 'stopped' ? 1 : 0;

export const exec = defineCommand({
  name: 'exec',
  summary: 'Runs a guest alone until it exits, halts or reaches the limit; prints its console.',
  argument: {
    name: 'GUEST_OR_ELF',
    help: 'A guest of this project by name, or a 32-bit multiboot ELF file.',
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
    if (options.json) {
      surroundings.stdout(asJson(result.value));
    } else {
      surroundings.stdout(new TextDecoder().decode(result.value.console));
      surroundings.stderr(`${argument}: ${ending(result.value).text}\n`);
    }
    return ok(statusOf(result.value));
  },
});
