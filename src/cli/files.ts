/** Reading and writing files named on the command line; failures are sentences. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { Surroundings } from './command.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  EACCES: 'access is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? (REASONS[code] ?? code) : String(error);
}

/** Reads a whole file of at most `limit` bytes. */
export async function readInput(
  name: string,
  limit: number,
  { directory }: Surroundings,
): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  const path = resolve(directory, name);
  try {
    const { size } = await stat(path);
    if (size > limit) return err(`${name} is ${size} bytes long; at most ${limit} are read`);
    return ok(new Uint8Array(await readFile(path)));
  } catch (error) {
    return err(`${name} cannot be read: ${reasonOf(error)}`);
  }
}

export async function writeOutput(
  name: string,
  contents: string | Uint8Array,
  { directory }: Surroundings,
): Promise<Result<void, string>> {
  try {
    await writeFile(resolve(directory, name), contents);
    return ok(undefined);
  } catch (error) {
    return err(`${name} cannot be written: ${reasonOf(error)}`);
  }
}
