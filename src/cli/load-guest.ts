/** A guest program: by the name of one that comes with the project, or an ELF file of one's own. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { err, type Result } from '../base/result.ts';
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
  const file = await readInput(name, MAX_ELF_BYTES, surroundings);
  if (file.ok) return file;
  return err(`${file.error}; give an ELF file, or one of the guests ${names.join(', ')}`);
}
