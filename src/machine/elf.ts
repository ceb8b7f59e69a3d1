/** ELF executables for i386 (System V ABI, chapters 4 and 5): decoded and validated, nothing applied. */
import { err, ok, type Result } from '../base/result.ts';

export interface ElfSegment {
  readonly address: number;
  /** File content; what lies between it and `memorySize` is zero. */
  readonly content: Uint8Array;
  readonly memorySize: number;
}

export interface ElfImage {
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
}

export interface LoadError {
  readonly code: string;
  readonly message: string;
}

const HEADER_SIZE = 52;
const PROGRAM_HEADER_SIZE = 32;
const MAX_PROGRAM_HEADERS = 64;
const MAX_FILE_SIZE = 64 << 20;
const PT_LOAD = 1;
const ET_EXEC = 2;
const EM_386 = 3;

const fail = (code: string, message: string) => err<LoadError>({ code, message });

/** Pre: none; any byte string gives an image or an error. The image copies what it needs. */
export function decodeElf(file: Uint8Array): Result<ElfImage, LoadError> {
  if (file.length > MAX_FILE_SIZE) return fail('too-large', 'the file is larger than 64 MiB');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const trouble = headerTrouble(file, view);
  if (trouble !== undefined) return err(trouble);
  const tableOffset = view.getUint32(28, true);
  const entrySize = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  if (count === 0 || count > MAX_PROGRAM_HEADERS)
    return fail(
      'bad-elf',
      `the ELF file has ${count} program headers (at byte 44); 1 to 64 can be loaded`,
    );
  if (entrySize < PROGRAM_HEADER_SIZE || tableOffset + entrySize * count > file.length)
    return fail(
      'bad-elf',
      `the program headers (at byte ${tableOffset}) lie outside the ELF file, which has ${file.length} bytes`,
    );
  const segments: ElfSegment[] = [];
  let copied = 0;
  for (let i = 0; i < count; i++) {
    const at = tableOffset + i * entrySize;
    if (view.getUint32(at, true) !== PT_LOAD || view.getUint32(at + 20, true) === 0) continue;
    const segment = decodeSegment(file, view, at);
    if (!segment.ok) return segment;
    segments.push(segment.value);
    // Many segments may name the same bytes of the file.
    copied += segment.value.content.length;
    if (copied > MAX_FILE_SIZE) return fail('too-large', 'the segments together are over 64 MiB');
  }
  if (segments.length === 0) return fail('bad-elf', 'the ELF file has no loadable segment');
  return ok({ entry: view.getUint32(24, true), segments });
}

function headerTrouble(file: Uint8Array, view: DataView): LoadError | undefined {
  const magic = [0x7f, 0x45, 0x4c, 0x46];
  if (!magic.every((byte, i) => file[i] === byte))
    return { code: 'not-elf', message: 'this is no ELF file: it does not begin with 7f 45 4c 46' };
  if (file.length < HEADER_SIZE)
    return {
      code: 'bad-elf',
      message: `the ELF header is cut short (at byte ${file.length} of ${HEADER_SIZE})`,
    };
  if (file[4] !== 1 || file[5] !== 1)
    return {
      code: 'wrong-elf',
      message: 'the ELF file is not 32-bit little-endian (at byte 4); build with -m32',
    };
  if (view.getUint16(18, true) !== EM_386)
    return {
      code: 'wrong-elf',
      message: 'the ELF file is not for the i386 (at byte 18); build with -m32',
    };
  if (view.getUint16(16, true) !== ET_EXEC)
    return {
      code: 'wrong-elf',
      message: 'the ELF file is no static executable (at byte 16); link with -static -no-pie',
    };
  return undefined;
}

function decodeSegment(
  file: Uint8Array,
  view: DataView,
  at: number,
): Result<ElfSegment, LoadError> {
  const offset = view.getUint32(at + 4, true);
  const address = view.getUint32(at + 12, true);
  const fileSize = view.getUint32(at + 16, true);
  const memorySize = view.getUint32(at + 20, true);
  if (fileSize > memorySize)
    return fail(
      'bad-elf',
      `a segment of the ELF file is larger in the file than in memory (at byte ${at})`,
    );
  if (offset + fileSize > file.length)
    return fail(
      'bad-elf',
      `a segment from byte ${offset} to ${offset + fileSize} lies outside the ELF file, which has ${file.length} bytes (at byte ${at})`,
    );
  return ok({ address, content: file.slice(offset, offset + fileSize), memorySize });
}
