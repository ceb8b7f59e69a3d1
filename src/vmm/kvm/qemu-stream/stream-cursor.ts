/**
 * Reading of a stream that may not be there yet. The reader is a generator that asks for bytes;
 * whoever drives it has a whole file, or a socket from which they come in time.
 */
import { DecodeError } from '../../../base/bytes.ts';
import type { Reading } from '../../live-format.ts';

export class StreamCursor {
  /** Bytes taken so far. */
  offset = 0;

  /** A copy. Nothing is taken for bytes that do not come. */
  *bytes(count: number, what: string): Reading<Uint8Array<ArrayBuffer>> {
    const got = yield { exactly: count };
    if (got.length < count)
      this.fail('truncated', `${what} needs ${count} bytes, ${got.length} are left`);
    this.offset += count;
    return got.slice() as Uint8Array<ArrayBuffer>;
  }

  *u8(what: string): Reading<number> {
    return (yield* this.bytes(1, what))[0];
  }

  *u16(what: string): Reading<number> {
    const [high, low] = yield* this.bytes(2, what);
    return (high << 8) | low;
  }

  *u32(what: string): Reading<number> {
    return viewOf(yield* this.bytes(4, what)).getUint32(0);
  }

  *u64(what: string): Reading<bigint> {
    return viewOf(yield* this.bytes(8, what)).getBigUint64(0);
  }

  /** A byte count, then that many bytes of ASCII. */
  *name(what: string): Reading<string> {
    const length = yield* this.u8(`length of the name of a ${what}`);
    return asciiName(yield* this.bytes(length, `name of a ${what}`));
  }

  fail(code: string, message: string): never {
    throw new DecodeError(code, this.offset, message);
  }
}

/** Names end up in messages: what is not printable ASCII is shown as a question mark. */
export const asciiName = (bytes: Uint8Array): string =>
  String.fromCharCode(...bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? byte : 0x3f)));

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Drives a reader over bytes that are all there. */
export function readWhole<T>(bytes: Uint8Array, reading: Reading<T>): T {
  let at = 0;
  let step = reading.next();
  while (!step.done) {
    const end = step.value === 'more' ? bytes.length : at + step.value.exactly;
    const chunk = bytes.subarray(at, end);
    at += chunk.length;
    step = reading.next(chunk);
  }
  return step.value;
}
