/** Reads a header from its start and notes each field under the name that its RFC gives it. */
import type { Field, Layer } from '../base/dissection.ts';
import { toHex } from '../base/hex.ts';
import { formatMac } from './ethernet.ts';
import { formatIp } from './ipv4.ts';

/** Longer contents are not written out beside their bytes. */
const SHOWN_BYTES = 24;

/** A header that ends before its last field. */
class Truncated extends Error {
  override readonly name = 'Truncated';
}

export class FieldReader {
  readonly fields: Field[] = [];
  offset: number;
  private readonly bytes: Uint8Array;
  private readonly end: number;

  constructor(bytes: Uint8Array, offset: number, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = Math.min(end, bytes.length);
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** One to four bytes, big-endian. */
  number(name: string, length: number, show: (value: number) => string = String): number {
    let value = 0;
    for (const byte of this.take(length, name)) value = value * 256 + byte;
    this.note(name, show(value), length);
    return value;
  }

  /** More fields in the bytes that were read last. */
  part(name: string, value: string, length: number): void {
    this.fields.push({ name, value, offset: this.offset - length, length });
  }

  mac(name: string): void {
    const address = formatMac(this.take(6, name));
    this.note(name, address === 'ff:ff:ff:ff:ff:ff' ? `${address} (everyone)` : address, 6);
  }

  ip(name: string): string {
    const address = formatIp(this.take(4, name));
    this.note(name, address, 4);
    return address;
  }

  /** What is left, if anything is. */
  rest(name: string, show = contents): void {
    if (this.remaining <= 0) return;
    const { remaining } = this;
    this.note(name, show(this.take(remaining, name)), remaining);
  }

  private take(length: number, name: string): Uint8Array {
    if (length > this.remaining)
      throw new Truncated(`${name} needs ${length} bytes, ${Math.max(0, this.remaining)} are left`);
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  private note(name: string, value: string, length: number): void {
    this.fields.push({ name, value, offset: this.offset - length, length });
  }
}

/** A layer from what `read` notes; what is cut short keeps the fields before it. */
export function layerFrom(title: string, reader: FieldReader, read: () => void): Layer {
  try {
    read();
    return { title, fields: reader.fields };
  } catch (error) {
    if (!(error instanceof Truncated)) throw error;
    return { title, fields: reader.fields, trouble: error.message };
  }
}

export const hex = (value: number, digits: number): string =>
  `0x${value.toString(16).padStart(digits, '0')}`;

/** Text where it is text, otherwise hex. */
export function contents(bytes: Uint8Array): string {
  const head = bytes.subarray(0, SHOWN_BYTES);
  const more = bytes.length > SHOWN_BYTES ? ' …' : '';
  const isText = head.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 13 || byte === 10);
  const shown = isText ? JSON.stringify(String.fromCharCode(...head)) : toHex(head);
  return `${bytes.length} bytes: ${shown}${more}`;
}
