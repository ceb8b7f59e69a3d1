/**
 * The `xl` save file (xl's header with its JSON, then libxl's stream, then in it the libxc stream):
 * magic of 32 bytes, u32 byte order 0x01020304, u32 mandatory flags (1 JSON, 2 stream v2), u32
 * optional flags, u32 length of optional data, which is u32 length and JSON with a NUL at its end;
 * then "LibxlFmt", big-endian u32 version 2 and u32 options; records framed as libxc's.
 */
import { ByteReader, ByteWriter, rebased } from '../../../base/bytes.ts';
import type { FilePart } from '../../format.ts';
import { MAX_RECORDS, readRecord, recordParts } from './framing.ts';
import { type DomainImage, readStream } from './read-stream.ts';
import { OPTIONAL } from './record-kinds.ts';
import { MAX_CONFIG, readConfig, type XlConfig } from './xl-config.ts';

/** "Xen saved domain, xl format\n \0 \r" */
export const XL_MAGIC = Uint8Array.from('Xen saved domain, xl format\n \0 \r', (character) =>
  character.charCodeAt(0),
);
const BYTE_ORDER = 0x0102_0304;
const FLAG_JSON = 1;
const FLAG_STREAM_V2 = 2;
const XL_HEADER_BYTES = 48;

/** "LibxlFmt" */
const LIBXL_MAGIC = 0x4c69_6278_6c46_6d74n;
const LIBXL_VERSION = 2;
const LIBXL_HEADER_BYTES = 16;
const LIBXL = { end: 0, libxcContext: 1, emulatorXenstore: 2, emulatorContext: 3 } as const;
/** Why a record of libxl's is refused. */
const REFUSED: ReadonlyMap<number, string> = new Map([
  [3, 'EMULATOR_CONTEXT holds the state of a QEMU, which this host does not run'],
  [4, 'CHECKPOINT_END is only in Remus and COLO streams'],
  [5, 'CHECKPOINT_STATE is only in COLO streams'],
]);

export interface XlImage {
  readonly config: XlConfig;
  readonly domain: DomainImage;
  readonly parts: readonly FilePart[];
  readonly notes: readonly string[];
}

export function writeXl(config: string, libxc: readonly Uint8Array[]): Uint8Array[] {
  const json = new TextEncoder().encode(`${config}\0`);
  const header = new ByteWriter()
    .bytes(XL_MAGIC)
    .u32(BYTE_ORDER)
    .u32(FLAG_JSON | FLAG_STREAM_V2)
    .u32(0)
    .u32(4 + json.length)
    .u32(json.length)
    .bytes(json);
  const libxl = new ByteWriter('big').u64(LIBXL_MAGIC).u32(LIBXL_VERSION).u32(0);
  return [
    header.finish(),
    libxl.finish(),
    ...recordParts(LIBXL.libxcContext),
    ...libxc,
    ...recordParts(LIBXL.end),
  ];
}

/** Throws a DecodeError. */
export function readXl(source: Uint8Array): XlImage {
  const reader = new ByteReader(source);
  const config = readXlHeader(reader);
  const parts = [part(0, reader.offset, 'xl header', 'configuration in JSON')];
  const notes: string[] = [];
  const start = reader.offset;
  const header = source.subarray(start, start + LIBXL_HEADER_BYTES);
  rebased(start, () => readLibxlHeader(new ByteReader(header, 'big')));
  reader.skip(LIBXL_HEADER_BYTES, 'libxl header');
  parts.push(part(start, LIBXL_HEADER_BYTES, 'libxl header', `version ${LIBXL_VERSION}`));
  let domain: DomainImage | undefined;
  for (let count = 1; ; count++) {
    if (count > MAX_RECORDS) reader.fail('too-many', `more than ${MAX_RECORDS} records`);
    const record = readRecord(reader);
    const name = libxlName(record.type);
    parts.push(part(record.start, 8 + record.length, name, `${record.length} bytes`));
    if (record.type === LIBXL.end || record.type === LIBXL.libxcContext) {
      if (record.length > 0) reader.fail('bad-length', `record ${name} has a body`);
    }
    if (record.type === LIBXL.end) break;
    if (record.type === LIBXL.libxcContext) {
      if (domain !== undefined) reader.fail('twice', `record ${name} is there twice`);
      domain = readDomain(source, reader, parts);
    } else notes.push(skipped(reader, record.type, record.start));
  }
  if (reader.remaining > 0) reader.fail('after-end', `${reader.remaining} bytes follow the end`);
  if (domain === undefined) return reader.fail('missing', 'the file holds no LIBXC_CONTEXT');
  return { config, domain, parts, notes: [...notes, ...domain.notes] };
}

function readDomain(source: Uint8Array, reader: ByteReader, parts: FilePart[]): DomainImage {
  const start = reader.offset;
  const domain = rebased(start, () => readStream(source.subarray(start)));
  parts.push(...domain.parts.map((inner) => ({ ...inner, offset: inner.offset + start })));
  reader.skip(domain.bytes, 'libxc stream');
  return domain;
}

function readXlHeader(reader: ByteReader): XlConfig {
  const magic = reader.bytes(XL_MAGIC.length, 'magic');
  if (!XL_MAGIC.every((byte, i) => magic[i] === byte)) {
    reader.fail('bad-magic', 'this is no save file of xl');
  }
  if (reader.u32('byte order') !== BYTE_ORDER) {
    reader.fail('unsupported', 'the file has another byte order than x86');
  }
  const flags = reader.u32('mandatory flags');
  const strange = flags & ~(FLAG_JSON | FLAG_STREAM_V2);
  if (strange !== 0) {
    reader.fail('unsupported', `mandatory flags 0x${(strange >>> 0).toString(16)} are not known`);
  }
  if ((flags & FLAG_STREAM_V2) === 0) {
    reader.fail('unsupported', 'a legacy stream, of Xen before 4.6');
  }
  if ((flags & FLAG_JSON) === 0) {
    reader.fail('unsupported', 'the configuration is in xl’s own language; JSON is needed');
  }
  reader.u32('optional flags');
  const length = reader.u32('length of optional data');
  const optional = reader.bytes(checkedLength(reader, length), 'optional data');
  return rebased(XL_HEADER_BYTES, () => readOptionalData(new ByteReader(optional)));
}

function checkedLength(reader: ByteReader, length: number): number {
  if (length > MAX_CONFIG) {
    reader.fail('too-long', `${length} bytes of optional data; ${MAX_CONFIG} are allowed`);
  }
  return length;
}

/** What follows the configuration is for readers of another time. */
function readOptionalData(data: ByteReader): XlConfig {
  const length = data.u32('length of the configuration');
  const start = data.offset;
  const bytes = data.bytes(length, 'configuration');
  const end = bytes.at(-1) === 0 ? -1 : bytes.length;
  return rebased(start, () => {
    try {
      return readConfig(new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice(0, end)));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return data.fail('bad-text', 'the configuration is not UTF-8');
    }
  });
}

function readLibxlHeader(header: ByteReader): void {
  if (header.u64('magic') !== LIBXL_MAGIC) header.fail('bad-magic', 'the id is not "LibxlFmt"');
  const version = header.u32('version');
  if (version !== LIBXL_VERSION) header.fail('bad-version', `libxl stream of version ${version}`);
  const options = header.u32('options');
  if (options !== 0) header.fail('unsupported', `options 0x${options.toString(16)} of libxl`);
}

function libxlName(type: number): string {
  const found = Object.entries(LIBXL).find(([, number]) => number === type);
  return found === undefined ? `libxl record 0x${type.toString(16)}` : `libxl ${found[0]}`;
}

/** The note about a record that may be passed over; fails for one that may not. */
function skipped(reader: ByteReader, type: number, at: number): string {
  const refused = REFUSED.get(type);
  if (refused !== undefined) reader.fail('refused-record', `libxl's ${refused}`);
  const name = libxlName(type);
  if (type !== LIBXL.emulatorXenstore && type < OPTIONAL) {
    reader.fail('unknown-record', `${name} is mandatory and unknown`);
  }
  return `${name} at byte ${at} was skipped`;
}

const part = (offset: number, bytes: number, name: string, detail: string): FilePart => ({
  offset,
  bytes,
  name,
  detail,
});
