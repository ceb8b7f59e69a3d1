/**
 * How a `.vmcf` image is cut into records (FORMAT.md §1 and §2): one header, then records that each
 * carry their type, length and checksum. What a record means is not known here.
 */
import { type ByteReader, ByteWriter, DecodeError } from '../base/bytes.ts';
import { crc32 } from '../base/crc32.ts';
import { PAGE_SIZE } from '../base/units.ts';

/** "VMCF", then line ends that catch transfers which change them, as in PNG. */
export const MAGIC = Uint8Array.of(0x56, 0x4d, 0x43, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
export const VERSION = 1;
export const HEADER_BYTES = 24;
/** Bit of a record's type: a reader that does not know the type may skip the record. */
export const OPTIONAL = 0x8000_0000;

/** Pages in one PAGES record: 1 MiB. */
export const MAX_RUN_PAGES = 256;
export const MAX_BODY_BYTES = 8 + MAX_RUN_PAGES * PAGE_SIZE;
export const MAX_RECORDS = 0x10_0000;

export interface RawRecord {
  readonly type: number;
  /** Where the body starts in the image. */
  readonly offset: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

export const recordName = (type: number): string => `0x${type.toString(16).padStart(2, '0')}`;

export function withHeader(records: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = BigInt(HEADER_BYTES + records.length);
  const header = new ByteWriter().bytes(MAGIC).u32(VERSION).u64(length);
  header.u32(crc32(header.finish()));
  return header.bytes(records).finish();
}

export function writeRecord(
  writer: ByteWriter,
  type: number,
  fill: (body: ByteWriter) => void,
): void {
  const content = new ByteWriter();
  fill(content);
  const body = content.finish();
  const head = new ByteWriter().u32(type).u32(body.length).finish();
  writer
    .bytes(head)
    .u32(crc32(body, crc32(head)))
    .bytes(body);
}

/** The checksum comes first among the checks, so that damage is called damage. */
export function readHeader(reader: ByteReader, bytes: Uint8Array): void {
  const magic = reader.bytes(MAGIC.length, 'magic');
  if (magic.some((byte, i) => byte !== MAGIC[i])) {
    throw new DecodeError('bad-magic', 0, 'this is not a .vmcf image');
  }
  const version = reader.u32('version');
  const length = reader.u64('length');
  const checksum = reader.u32('header checksum');
  if (checksum !== crc32(bytes.subarray(0, HEADER_BYTES - 4))) {
    throw new DecodeError('bad-checksum', 0, 'the header is damaged');
  }
  if (version !== VERSION) {
    const message = `version ${version} is unknown; this reader knows version ${VERSION}`;
    throw new DecodeError('bad-version', 8, message);
  }
  if (length !== BigInt(bytes.length)) {
    const message = `the image should have ${length} bytes and has ${bytes.length}`;
    throw new DecodeError('bad-length', 12, message);
  }
}

export function readRecord(reader: ByteReader, bytes: Uint8Array): RawRecord {
  const start = reader.offset;
  const type = reader.u32('record type');
  const length = reader.u32('record length');
  const checksum = reader.u32('record checksum');
  if (length > MAX_BODY_BYTES) {
    const message = `a record of ${length} bytes is over the limit of ${MAX_BODY_BYTES}`;
    throw new DecodeError('too-long', start, message);
  }
  const offset = reader.offset;
  const body = reader.bytes(length, `record ${recordName(type)}`);
  if (checksum !== crc32(body, crc32(bytes.subarray(start, start + 8)))) {
    throw new DecodeError('bad-checksum', start, `record ${recordName(type)} is damaged`);
  }
  return { type, offset, body };
}
