/**
 * A VMM's native state as bytes: u32 magic, u32 version, u32 total length, u32 CRC-32 of all that
 * follows; then each record of the layout once and in order as u32 id, u32 length, body.
 */
import { ByteReader, ByteWriter, DecodeError } from '../base/bytes.ts';
import { crc32 } from '../base/crc32.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type NativeLayout, type NativeState, readRecord, writeRecord } from './native-layout.ts';
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
    body.u32(record.id).u32(record.bytes).bytes(writeRecord(record, state));
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
    expectEqual(reader, reader.u32('record length'), record.bytes, `length of ${record.name}`);
    readRecord(record, reader.bytes(record.bytes, record.name), state);
  }
  if (reader.remaining > 0) reader.fail('after-end', `${reader.remaining} bytes too many`);
  return state;
}

function expectEqual(reader: ByteReader, found: number, wanted: number, what: string): void {
  if (found === wanted) return;
  reader.fail('bad-value', `${what} is 0x${found.toString(16)}, not 0x${wanted.toString(16)}`);
}
