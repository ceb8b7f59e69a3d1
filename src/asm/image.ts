/**
 * A program → a file: flat bytes as NASM's `bin`, or an ELF executable (System V ABI, i386) that the
 * toy PC and QEMU start. The Multiboot header that both look for lies in the file and not in memory.
 */
import { ByteWriter } from '../base/bytes.ts';
import type { Program } from './assemble.ts';

const HEADER_SIZE = 52;
const PROGRAM_HEADER_SIZE = 32;
const ET_EXEC = 2;
const EM_386 = 3;
const PT_LOAD = 1;
const READ_WRITE_EXECUTE = 7;
const MULTIBOOT_MAGIC = 0x1bad_b002;
/** Multiboot Specification 0.6.96, §3.1.2: memory sizes are wanted. */
const MULTIBOOT_FLAGS = 2;
const MULTIBOOT_SIZE = 12;

/** Where programs of one's own lie that have no `org`: above the parameter page of the other guests. */
export const GUEST_ORIGIN = 0x10_2000;

/** From the origin to the last byte that is not reserved; gaps are zero. */
export function flatImage({ sections, origin }: Program): Uint8Array<ArrayBuffer> {
  const filled = sections.filter(({ bytes }) => bytes.length > 0);
  const end = Math.max(origin, ...filled.map(({ address, size }) => address + size));
  const image = new Uint8Array(end - origin);
  for (const { address, bytes } of filled) image.set(bytes, address - origin);
  return image;
}

export function elfImage({ sections, entry }: Program): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeHeader(writer, entry, sections.length);
  const multibootAt = HEADER_SIZE + sections.length * PROGRAM_HEADER_SIZE;
  let offset = multibootAt + MULTIBOOT_SIZE;
  for (const { address, bytes, size } of sections) {
    writer.u32(PT_LOAD).u32(offset).u32(address).u32(address);
    writer.u32(bytes.length).u32(size).u32(READ_WRITE_EXECUTE).u32(1);
    offset += bytes.length;
  }
  writer
    .u32(MULTIBOOT_MAGIC)
    .u32(MULTIBOOT_FLAGS)
    .u32(-(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS));
  for (const { bytes } of sections) writer.bytes(bytes);
  return writer.finish();
}

function writeHeader(writer: ByteWriter, entry: number, segments: number): void {
  // Class 32, little-endian, version 1.
  writer.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1)).zeros(9);
  writer.u16(ET_EXEC).u16(EM_386).u32(1);
  writer.u32(entry).u32(HEADER_SIZE).u32(0).u32(0);
  writer.u16(HEADER_SIZE).u16(PROGRAM_HEADER_SIZE).u16(segments);
  writer.u16(0).u16(0).u16(0);
}
