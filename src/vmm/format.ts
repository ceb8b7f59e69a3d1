/**
 * What a state file format is. Every format is written from the common model with its pages and
 * read back into it, so that N formats need N translations; `formats.ts` is the list of them.
 */
import type { Result } from '../base/result.ts';
import type { ImageFile } from '../image/codec.ts';
import type { LiveFormat } from './live-format.ts';

export const FORMAT_IDS = ['common', 'qemu', 'xen', 'xl'] as const;
export type FormatId = (typeof FORMAT_IDS)[number];

/** No larger state file is read: 1 GiB of RAM and what is written around it. */
export const MAX_FILE_BYTES = 1_288_490_188;

/** QEMU's machines that a stream can be for. */
export const QEMU_MACHINES = ['none', 'isapc'] as const;
export type QemuMachine = (typeof QEMU_MACHINES)[number];

export interface FormatError {
  /** Stable, for tests and programs. */
  readonly code: string;
  /** Where in the file; undefined when the file as a whole or the VM is meant. */
  readonly offset?: number;
  /** What, why, and what to do about it, in one sentence. */
  readonly message: string;
}

export interface WriteOptions {
  /** For which of QEMU's machines; other formats have no use for it. */
  readonly machine?: QemuMachine;
}

/** A whole file, and what its reader must know: what had no place in it, what it needs. */
export interface WrittenFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly notes: readonly string[];
}

/** One section or record of a file, for people. */
export interface FilePart {
  readonly offset: number;
  readonly bytes: number;
  readonly name: string;
  readonly detail: string;
}

export interface LoadedFile {
  /** Complete and valid; pages in no run are zero. */
  readonly image: ImageFile;
  readonly parts: readonly FilePart[];
  /** What was skipped, or came back as its default. */
  readonly notes: readonly string[];
}

export interface StateFormat {
  readonly id: FormatId;
  readonly title: string;
  /** By its first bytes; at most one format claims a file. */
  detect(bytes: Uint8Array): boolean;
  /** Pre: the image is valid (`image/validate.ts`). */
  write(image: ImageFile, options?: WriteOptions): Result<WrittenFile, FormatError>;
  /** Any byte string gives a file or an error, in time and memory linear in its length. */
  read(bytes: Uint8Array): Result<LoadedFile, FormatError>;
  /** For formats that can also be sent while the VM runs. */
  readonly live?: LiveFormat;
}

export const formatErrorText = ({ message, offset }: FormatError): string =>
  offset === undefined || message.includes('(at byte') ? message : `${message} (at byte ${offset})`;
