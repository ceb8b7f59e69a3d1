/** Byte strings as one large number, first byte lowest; by way of text, which takes linear time. */
import { assert } from './assert.ts';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function bigFromBytes(bytes: Uint8Array): bigint {
  // A card's empty memory is 16 KiB of noughts, made a number at every start.
  const highest = bytes.findLastIndex((byte) => byte !== 0);
  let hex = '0x0';
  for (let i = highest; i >= 0; i--) hex += HEX[bytes[i] ?? 0];
  return BigInt(hex);
}

/** Pre: the value is not negative and fits. */
export function bigToBytes(value: bigint, count: number): Uint8Array<ArrayBuffer> {
  assert(value >= 0n, 'bytes are of a number that is not negative');
  const hex = value.toString(16);
  const digits = hex.length + (hex.length & 1);
  assert(value === 0n || digits <= 2 * count, `a value does not fit ${count} bytes`);
  const padded = hex.padStart(digits, '0');
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count && 2 * i < digits; i++) {
    const end = digits - 2 * i;
    bytes[i] = (digit(padded, end - 2) << 4) | digit(padded, end - 1);
  }
  return bytes;
}

/** A lower-case hexadecimal digit's value. */
function digit(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
