/** Bytes and words as hexadecimal text. */

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** A 32-bit value as in a debugger: eight digits. */
export const hex32 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
