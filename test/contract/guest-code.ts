/**
 * A Multiboot kernel put together by hand: a loop that adds one to the first byte of each page of a
 * range in turn, for ever. Small enough to read, and needs nothing but a few instructions.
 */
import { ByteWriter } from '../../src/base/bytes.ts';

const LOAD_ADDRESS = 0x0010_0000;
const MULTIBOOT_MAGIC = 0x1bad_b002;

/** Steps through pages `first` to `last`, both included. */
export function tickerKernel(first: number, last: number): Uint8Array<ArrayBuffer> {
  const code = new ByteWriter();
  code.u8(0xbe).u32(first * 4096); // mov esi, first
  code.u8(0xfe).u8(0x06); // loop: inc byte [esi]
  code.u8(0x81).u8(0xc6).u32(4096); // add esi, 4096
  code
    .u8(0x81)
    .u8(0xfe)
    .u32((last + 1) * 4096); // cmp esi, end
  code.u8(0x72).u8(0xf0); // jb loop
  code.u8(0xeb).u8(0xe9); // jmp start
  return elf(code.finish());
}

/** ELF32 (System V gABI §4) with one loaded segment, the Multiboot header at its start. */
function elf(code: Uint8Array): Uint8Array<ArrayBuffer> {
  const headers = 52 + 32;
  const header = new ByteWriter()
    .u32(MULTIBOOT_MAGIC)
    .u32(0)
    .u32(0x1_0000_0000 - MULTIBOOT_MAGIC);
  const size = header.length + code.length;
  const file = new ByteWriter().u32(0x464c_457f).u8(1).u8(1).u8(1).zeros(9);
  file
    .u16(2)
    .u16(3)
    .u32(1)
    .u32(LOAD_ADDRESS + header.length);
  file.u32(52).u32(0).u32(0).u16(52).u16(32).u16(1).u16(0).u16(0).u16(0);
  file.u32(1).u32(headers).u32(LOAD_ADDRESS).u32(LOAD_ADDRESS).u32(size).u32(size).u32(7).u32(4);
  return file.bytes(header.finish()).bytes(code).finish();
}
