/**
 * How a libxc stream is cut: image header and domain header, then records of type, length, body and
 * padding to 8 bytes. The image header is big-endian, everything after it little-endian.
 */
import { ByteReader, ByteWriter } from '../../../base/bytes.ts';

export const IMAGE_ID = 0x5845_4e46;
export const VERSIONS = [2, 3] as const;
export type StreamVersion = (typeof VERSIONS)[number];
export const HEADERS_BYTES = 40;
const HVM = 2;
const PV = 1;
const PAGE_SHIFT = 12;
const MARKER = 0xffff_ffff;

/** What Xen's own reader allows. */
export const MAX_BODY_BYTES = 128 << 20;
export const MAX_RECORDS = 1_000_000;

export interface StreamHeader {
  readonly version: StreamVersion;
  readonly xenMajor: number;
  readonly xenMinor: number;
}

export interface RawRecord {
  readonly type: number;
  /** Of the record's head. */
  readonly start: number;
  /** Of the body. */
  readonly offset: number;
  readonly length: number;
}

const paddingOf = (length: number): number => -length & 7;

export function writeHeaders({ version, xenMajor, xenMinor }: StreamHeader): Uint8Array {
  const image = new ByteWriter('big').u32(MARKER).u32(MARKER).u32(IMAGE_ID).u32(version);
  const domain = new ByteWriter().u32(HVM).u16(PAGE_SHIFT).u16(0).u32(xenMajor).u32(xenMinor);
  return image.zeros(8).bytes(domain.finish()).finish();
}

/** Head, body and padding; a body of several parts is not copied. */
export function recordParts(type: number, ...body: readonly Uint8Array[]): Uint8Array[] {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const head = new ByteWriter().u32(type).u32(length).finish();
  return [head, ...body, new Uint8Array(paddingOf(length))];
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Both headers, at the start of `source`. */
export function readHeaders(source: Uint8Array): StreamHeader {
  const image = new ByteReader(source, 'big');
  const marker = image.u64('marker');
  if (marker !== 0xffff_ffff_ffff_ffffn) image.fail('bad-magic', 'the marker is not all ones');
  if (image.u32('id') !== IMAGE_ID) image.fail('bad-magic', 'the id is not "XENF"');
  const number = image.u32('version');
  const version = VERSIONS.find((known) => known === number);
  if (version === undefined) {
    return image.fail(
      'bad-version',
      `version ${number}; this reader knows ${VERSIONS.join(' and ')}`,
    );
  }
  const options = image.u16('options');
  if (options === 1) image.fail('unsupported', 'a big-endian stream; no Xen reads one either');
  if (options !== 0) image.fail('reserved', `options 0x${options.toString(16)} are not defined`);
  expectZero(image, image.bytes(6, 'reserved bytes'), 'the image header');
  const domain = new ByteReader(source);
  domain.skip(image.offset, 'image header');
  return { version, ...readDomainHeader(domain) };
}

function readDomainHeader(reader: ByteReader): Omit<StreamHeader, 'version'> {
  const type = reader.u32('guest type');
  if (type === PV) {
    reader.fail('unsupported', 'a paravirtual guest; this host takes HVM guests');
  }
  if (type !== HVM) reader.fail('bad-value', `guest type ${type} is neither 1 (PV) nor 2 (HVM)`);
  const shift = reader.u16('page shift');
  if (shift !== PAGE_SHIFT) reader.fail('bad-value', `pages of 2^${shift} bytes; x86 has 2^12`);
  expectZero(reader, reader.bytes(2, 'reserved bytes'), 'the domain header');
  return { xenMajor: reader.u32('Xen major version'), xenMinor: reader.u32('Xen minor version') };
}

/** The head of the next record; body and padding are there, padding is zero. Moves past them. */
export function readRecord(reader: ByteReader): RawRecord {
  const start = reader.offset;
  const type = reader.u32('type of a record');
  const length = reader.u32('length of a record');
  if (length > MAX_BODY_BYTES) {
    reader.fail('too-long', `a body of ${length} bytes; ${MAX_BODY_BYTES} are allowed`);
  }
  const offset = reader.skip(length, 'body of a record');
  expectZero(reader, reader.bytes(paddingOf(length), 'padding'), 'padding', 'bad-padding');
  return { type, start, offset, length };
}

export function expectZero(
  reader: ByteReader,
  bytes: Uint8Array,
  where: string,
  code = 'reserved',
): void {
  if (bytes.some((byte) => byte !== 0))
    reader.fail(code, `bytes of ${where} that must be 0 are not`);
}
