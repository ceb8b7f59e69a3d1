/** A Multiboot kernel made of a few bytes of machine code at 0x100000. */
import { ByteWriter } from '../../src/base/bytes.ts';

export const KERNEL_AT = 0x100000;
/** The code begins after the Multiboot header. */
export const ENTRY = KERNEL_AT + 12;
const HEADERS = 52 + 32;

export function tinyKernel(code: readonly number[], memorySize = 0x3000): Uint8Array<ArrayBuffer> {
  const size = 12 + code.length;
  const file = new ByteWriter();
  file.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0)).zeros(8);
  file
    .u16(2)
    .u16(3)
    .u32(1)
    .u32(ENTRY)
    .u32(52)
    .u32(0)
    .u32(0)
    .u16(52)
    .u16(32)
    .u16(1)
    .u16(0)
    .u16(0)
    .u16(0);
  file.u32(1).u32(HEADERS).u32(KERNEL_AT).u32(KERNEL_AT).u32(size).u32(memorySize).u32(7).u32(4);
  file
    .u32(0x1bad_b002)
    .u32(0)
    .u32(-0x1bad_b002 >>> 0);
  return file.bytes(Uint8Array.from(code)).finish();
}

export const u32 = (value: number): number[] =>
  [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
/** MOV register, immediate: 0 eax … 7 edi. */
export const movRegister = (register: number, value: number): number[] => [
  0xb8 + register,
  ...u32(value),
];
