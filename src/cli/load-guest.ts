/**
 * A guest program: by the name of one that comes with the project, or one's own: an ELF file, a program
 * in assembly language, or an example of one.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findExample } from '../asm/examples.ts';
import { assembleGuest } from '../asm/guest.ts';
import { elfImage } from '../asm/image.ts';
import { err, ok, type Result } from '../base/result.ts';
import { unpackFile } from '../lab/carried-file.ts';
import { FILE_GUEST, isGuestName, OWN_GUEST } from '../lab/guests.ts';
import type { Scenario } from '../lab/scenario.ts';
import { vmFromFile } from '../lab/vm-from-file.ts';
import { decodeKernel } from '../machine/multiboot.ts';
import { detectFormat } from '../vmm/formats.ts';
import { assembleSource, EXAMPLE_NAMES } from './assemble-source.ts';
import type { Surroundings } from './command.ts';
import { readInput } from './files.ts';

const MAX_ELF_BYTES = 64 << 20;
const GUEST_NAME = /^[a-z0-9-]+$/;

async function guestNames({ guests }: Surroundings): Promise<readonly string[]> {
  const files = await readdir(guests).catch(() => []);
  return files.flatMap((file) => (file.endsWith('.elf') ? [file.slice(0, -4)] : [])).sort();
}

export async function loadGuest(
  name: string,
  surroundings: Surroundings,
): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  const names = await guestNames(surroundings);
  if (GUEST_NAME.test(name) && names.includes(name))
    return readInput(join(surroundings.guests, `${name}.elf`), MAX_ELF_BYTES, surroundings);
  if (name.endsWith('.asm') || findExample(name) !== undefined) {
    const program = await assembleSource(name, surroundings);
    return program.ok ? ok(elfImage(program.value)) : program;
  }
  const file = await readInput(name, MAX_ELF_BYTES, surroundings);
  if (file.ok) return file;
  return err(
    `${file.error}; give an ELF file, a program in assembly language (.asm), one of the guests ${names.join(', ')}, or one of the examples ${EXAMPLE_NAMES}`,
  );
}

/** For commands that run a scenario: in place of the guest that it names. */
export const GUEST_OPTION = {
  kind: 'text',
  value: 'GUEST',
  help: 'In place of the scenario’s: a name, an ELF file, a program (.asm), or a state file.',
} as const;

export interface ChosenGuest {
  readonly scenario: Scenario;
  readonly guest: Uint8Array<ArrayBuffer>;
}

/** A scenario with its guest, or with another one; one's own is looked at before anything runs. */
export async function chooseGuest(
  scenario: Scenario,
  own: string | undefined,
  surroundings: Surroundings,
): Promise<Result<ChosenGuest, string>> {
  const name = own ?? scenario.vm.guest;
  if (name === FILE_GUEST) return carriedFile(scenario);
  if (name === OWN_GUEST && scenario.vm.program !== undefined)
    return carriedGuest(scenario, scenario.vm.program);
  if (name === OWN_GUEST)
    return err(
      `the scenario ${scenario.name} wants a guest of your own; give it with --guest FILE`,
    );
  const guest = await loadGuest(name, surroundings);
  if (!guest.ok) return guest;
  if (own === undefined) return ok({ scenario, guest: guest.value });
  if (detectFormat(guest.value).ok) return fromState(scenario, own, guest.value);
  const kernel = decodeKernel(guest.value, scenario.vm.memoryMiB << 20);
  if (!kernel.ok) return err(`${own} cannot be the guest: ${kernel.error.message}`);
  const vm: Scenario['vm'] = {
    ...scenario.vm,
    guest: isGuestName(own) ? own : OWN_GUEST,
  };
  return ok({ scenario: { ...scenario, vm }, guest: guest.value });
}

async function carriedFile(scenario: Scenario): Promise<Result<ChosenGuest, string>> {
  const { file } = scenario.vm;
  if (file === undefined) return err(`the scenario ${scenario.name} has no file for its guest`);
  const bytes = await unpackFile(file);
  return bytes.ok ? ok({ scenario, guest: bytes.value }) : bytes;
}

/** A state file in place of the scenario's guest: its VM goes on, in the RAM that it has. */
async function fromState(
  scenario: Scenario,
  name: string,
  bytes: Uint8Array,
): Promise<Result<ChosenGuest, string>> {
  const { source, sourceProcessor } = scenario.hosts;
  const { memoryMiB } = scenario.vm;
  const lacks = sourceProcessor?.lacks ?? [];
  const begun = vmFromFile(basename(name), bytes, { kind: source, lacks, memoryMiB });
  if (!begun.ok) return begun;
  return carriedFile({ ...scenario, vm: { ...scenario.vm, ...begun.value.vm } });
}

/** A scenario that carries the source of its guest. */
function carriedGuest(scenario: Scenario, program: string): Result<ChosenGuest, string> {
  const guest = assembleGuest(`the program of ${scenario.name}`, program);
  return guest.ok ? ok({ scenario, guest: guest.value }) : guest;
}
