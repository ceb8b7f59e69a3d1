/**
 * A VMM's native state as bytes: u32 magic, u32 version, u32 total length, u32 CRC-32 of all that
 * follows; then each record of the layout once and in order as u32 id, u32 length, body. Zero bytes
 * at the end of a large memory are left out.
 */
import { ByteReader, ByteWriter, DecodeError } from '../base/bytes.ts';
import { crc32 } from '../base/crc32.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  type NativeLayout,
  type NativeRecord,
  type NativeState,
  readRecord,
  writeRecord,
} from './native-layout.ts';
import type { VmmError } from './vmm.ts';

export interface NativeFormat {
  readonly name: string;
  readonly magic: number;
  readonly version: number;
  readonly layout: NativeLayout;
}

const HEADER_BYTES = 16;

export function encodeNative(format: NativeFormat, state: NativeState): Uint8Array<ArrayBuffer> {
  const body = new ByteWriter();
  for (const record of format.layout) {
    const bytes = writeRecord(record, state);
    const length = record.trimmed === true ? usedLength(bytes) : record.bytes;
    body.u32(record.id).u32(length).bytes(bytes.subarray(0, length));
  }
  const bytes = body.finish();
  return new ByteWriter()
    .u32(format.magic)
    .u32(format.version)
    .u32(HEADER_BYTES + bytes.length)
    .u32(crc32(bytes))
    .bytes(bytes)
    .finish();
}

export function decodeNative(
  format: NativeFormat,
  bytes: Uint8Array,
): Result<NativeState, VmmError> {
  try {
    return ok(readState(format, bytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return err({ code: 'bad-state', message: `${format.name} state: ${error.message}` });
  }
}

function readState(format: NativeFormat, bytes: Uint8Array): NativeState {
  const reader = new ByteReader(bytes);
  expectEqual(reader, reader.u32('magic'), format.magic, 'magic');
  expectEqual(reader, reader.u32('version'), format.version, 'version');
  expectEqual(reader, reader.u32('length'), bytes.length, 'length');
  expectEqual(reader, reader.u32('checksum'), crc32(bytes.subarray(HEADER_BYTES)), 'checksum');
  const state = new Map<string, bigint>();
  for (const record of format.layout) {
    expectEqual(reader, reader.u32('record id'), record.id, `id of record ${record.name}`);
    readRecord(record, readBody(reader, record), state);
  }
  if (reader.remaining > 0) reader.fail('after-end', `${reader.remaining} bytes too many`);
  return state;
}

function readBody(reader: ByteReader, { name, bytes, trimmed }: NativeRecord): Uint8Array {
  const length = reader.u32('record length');
  if (trimmed !== true || length > bytes) expectEqual(reader, length, bytes, `length of ${name}`);
  const body = new Uint8Array(bytes);
  body.set(reader.bytes(length, name));
  if (trimmed === true && usedLength(body) !== length)
    reader.fail('bad-value', `${name} ends with a zero byte`);
  return body;
}

/** Up to the last byte that is not zero. */
const usedLength = (bytes: Uint8Array): number => bytes.findLastIndex((byte) => byte !== 0) + 1;

function expectEqual(reader: ByteReader, found: number, wanted: number, what: string): void {
  if (found === wanted) return;
  reader.fail('bad-value', `${what} is 0x${found.toString(16)}, not 0x${wanted.toString(16)}`);
}
