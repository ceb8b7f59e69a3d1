/** State files named on the command line, of whatever format. */
import { exists } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { ImageFile } from '../image/codec.ts';
import {
  formatErrorText,
  type LoadedFile,
  MAX_FILE_BYTES,
  type StateFormat,
  type WriteOptions,
} from '../vmm/format.ts';
import { detectFormat, FORMATS, findFormat } from '../vmm/formats.ts';
import type { LiveFormat } from '../vmm/live-format.ts';
import type { Surroundings } from './command.ts';
import { readInput, writeOutput } from './files.ts';

export interface LoadedStateFile {
  readonly format: StateFormat;
  readonly file: LoadedFile;
  /** Length of the file. */
  readonly bytes: number;
}

export const FORMAT_CHOICES = FORMATS.map(({ id }) => id);

export async function loadStateFile(
  name: string,
  surroundings: Surroundings,
): Promise<Result<LoadedStateFile, string>> {
  const input = await readInput(name, MAX_FILE_BYTES, surroundings);
  if (!input.ok) return input;
  const format = detectFormat(input.value);
  if (!format.ok) return err(`${name}: ${format.error.message}`);
  const file = format.value.read(input.value);
  if (!file.ok) return err(`${name} (${format.value.title}): ${formatErrorText(file.error)}`);
  return ok({ format: format.value, file: file.value, bytes: input.value.length });
}

export interface Writing extends WriteOptions {
  readonly format: StateFormat['id'];
  readonly output: string;
}

/** @returns what the format's reader must know */
export async function writeStateFile(
  image: ImageFile,
  { format, output, ...options }: Writing,
  surroundings: Surroundings,
): Promise<Result<{ readonly bytes: number; readonly notes: readonly string[] }, string>> {
  const written = findFormat(format)?.write(image, options);
  if (written === undefined) return err(`format ${format} cannot be written`);
  if (!written.ok) return err(formatErrorText(written.error));
  const { bytes, notes } = written.value;
  const stored = await writeOutput(output, bytes, surroundings);
  return stored.ok ? ok({ bytes: bytes.length, notes }) : stored;
}

/** The format in which a VM is sent to and taken from a running QEMU. */
export const liveFormat = (): LiveFormat => exists(findFormat('qemu')?.live, 'QEMU’s live format');
