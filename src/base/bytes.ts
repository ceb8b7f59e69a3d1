/**
 * Writing and reading of binary records. The reader checks every length before it touches a byte
 * and reports what it wanted and where; it copies, so that nothing it returns aliases its input.
 */
export type Endian = 'little' | 'big';

/** A byte string that does not decode. `code` is stable, `offset` counts from the start of input. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code: string;
  readonly offset: number;

  constructor(code: string, offset: number, message: string) {
    super(`${message} (at byte ${offset})`);
    this.code = code;
    this.offset = offset;
  }
}

/** Reads a part with a reader of its own; errors in it are told with their place in the whole. */
export function rebased<T>(offset: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const message = error.message.replace(/ \(at byte \d+\)$/, '');
    throw new DecodeError(error.code, offset + error.offset, message);
  }
}

export class ByteWriter {
  private buffer = new Uint8Array(256);
  private view = new DataView(this.buffer.buffer);
  private end = 0;
  private readonly little: boolean;

  constructor(endian: Endian = 'little') {
    this.little = endian === 'little';
  }

  get length(): number {
    return this.end;
  }

  u8(value: number): this {
    this.reserve(1);
    this.view.setUint8(this.end, value);
    this.end += 1;
    return this;
  }

  u16(value: number): this {
    this.reserve(2);
    this.view.setUint16(this.end, value, this.little);
    this.end += 2;
    return this;
  }

  u32(value: number): this {
    this.reserve(4);
    this.view.setUint32(this.end, value, this.little);
    this.end += 4;
    return this;
  }

  u64(value: bigint): this {
    this.reserve(8);
    this.view.setBigUint64(this.end, value, this.little);
    this.end += 8;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.reserve(value.length);
    this.buffer.set(value, this.end);
    this.end += value.length;
    return this;
  }

  /** UTF-8 with a u16 byte count before it. */
  text(value: string): this {
    const encoded = new TextEncoder().encode(value);
    return this.u16(encoded.length).bytes(encoded);
  }

  zeros(count: number): this {
    this.reserve(count);
    this.buffer.fill(0, this.end, this.end + count);
    this.end += count;
    return this;
  }

  /** Overwrites an earlier u32, for a length or checksum known only afterwards. */
  patchU32(offset: number, value: number): void {
    this.view.setUint32(offset, value, this.little);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.end);
  }

  private reserve(count: number): void {
    if (this.end + count <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.end + count));
    grown.set(this.buffer.subarray(0, this.end));
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }
}

export class ByteReader {
  private readonly view: DataView;
  private readonly source: Uint8Array;
  private readonly little: boolean;
  private position = 0;

  constructor(source: Uint8Array, endian: Endian = 'little') {
    this.source = source;
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
    this.little = endian === 'little';
  }

  get offset(): number {
    return this.position;
  }

  get remaining(): number {
    return this.source.length - this.position;
  }

  u8(what: string): number {
    return this.view.getUint8(this.take(1, what));
  }

  u16(what: string): number {
    return this.view.getUint16(this.take(2, what), this.little);
  }

  u32(what: string): number {
    return this.view.getUint32(this.take(4, what), this.little);
  }

  u64(what: string): bigint {
    return this.view.getBigUint64(this.take(8, what), this.little);
  }

  /** A copy of the next `count` bytes. */
  bytes(count: number, what: string): Uint8Array<ArrayBuffer> {
    const at = this.take(count, what);
    return this.source.slice(at, at + count) as Uint8Array<ArrayBuffer>;
  }

  text(what: string): string {
    const at = this.position;
    const length = this.u16(what);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes(length, what));
    } catch (error) {
      if (error instanceof DecodeError) throw error;
      throw new DecodeError('bad-text', at, `${what} is not UTF-8`);
    }
  }

  /** Passes over `count` bytes and says where they start. */
  skip(count: number, what: string): number {
    return this.take(count, what);
  }

  fail(code: string, message: string): never {
    throw new DecodeError(code, this.position, message);
  }

  private take(count: number, what: string): number {
    if (count > this.remaining) {
      this.fail('truncated', `${what} needs ${count} bytes, ${this.remaining} are left`);
    }
    const at = this.position;
    this.position += count;
    return at;
  }
}
