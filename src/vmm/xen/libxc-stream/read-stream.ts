/**
 * Reads a domain image of an HVM guest. Stricter than Xen's own reader in this: reserved fields and
 * padding must be 0. Every size is checked before memory is taken for it; what is returned is whole
 * and shares no memory with the input.
 */
import { ByteReader, DecodeError, rebased } from '../../../base/bytes.ts';
import type { CommonRam } from '../../../image/model.ts';
import type { PageRun } from '../../../image/records.ts';
import { toNative } from '../../field-table.ts';
import type { FilePart } from '../../format.ts';
import { devicesOf } from '../../machine-devices.ts';
import { deviceValues, powerOnDevices } from '../../machine-values.ts';
import {
  type NativeRecord,
  type NativeState,
  readRecord as readPlaces,
} from '../../native-layout.ts';
import { STREAM_DEVICE_FIELDS, WHOLE_TIMER_FIELDS } from '../device-fields.ts';
import { HVM_PARAMS, SPECIAL_END, SPECIAL_FIRST } from '../hvm-params.ts';
import { STREAM_LAYOUT } from '../layout.ts';
import {
  HEADERS_BYTES,
  MAX_RECORDS,
  type RawRecord,
  readHeaders,
  readRecord,
  type StreamHeader,
} from './framing.ts';
import { HVM_TYPE, hvmName, readHvmContext } from './hvm-context.ts';
import { loaderProblem } from './loader-rules.ts';
import { readPageData } from './page-data.ts';
import { PageTable } from './page-table.ts';
import { findRecordKind, OPTIONAL, RECORD } from './record-kinds.ts';

export interface DomainImage {
  readonly header: StreamHeader;
  /** Every place of `STREAM_LAYOUT`. */
  readonly state: NativeState;
  /** RAM, without the pages that Xen shares with the guest's drivers. */
  readonly memory: readonly CommonRam[];
  /** Pages that are not zero. */
  readonly pages: readonly PageRun[];
  readonly parts: readonly FilePart[];
  /** What was skipped. */
  readonly notes: readonly string[];
  /** Up to and with END. */
  readonly bytes: number;
}

/** Interrupt controllers and timer of a stream that has none. */
const POWER_ON: NativeState = devicePlaces();

function devicePlaces(): NativeState {
  const values = deviceValues(devicesOf(powerOnDevices(0)));
  const rows = [...STREAM_DEVICE_FIELDS, ...WHOLE_TIMER_FIELDS.slice(1)];
  return toNative(rows, values);
}

/** What has been read so far. */
interface Draft {
  readonly header: StreamHeader;
  readonly state: Map<string, bigint>;
  readonly pages: PageTable;
  readonly seen: Set<number>;
  readonly parts: FilePart[];
  readonly notes: string[];
}

/** Throws a DecodeError. Bytes after END are the caller's affair. */
export function readStream(source: Uint8Array): DomainImage {
  const header = readHeaders(source);
  const reader = new ByteReader(source);
  reader.skip(HEADERS_BYTES, 'headers');
  const draft: Draft = {
    header,
    state: new Map([
      ...HVM_PARAMS.map(({ name }) => [`hvm_params.${name}`, 0n] as const),
      ...POWER_ON,
    ]),
    pages: new PageTable(source),
    seen: new Set(),
    parts: [headersPart(header)],
    notes: [],
  };
  for (let count = 1; ; count++) {
    if (count > MAX_RECORDS) reader.fail('too-many', `more than ${MAX_RECORDS} records`);
    const record = readRecord(reader);
    takeRecord(source, record, draft);
    if (record.type === RECORD.end) return complete(draft, reader);
  }
}

function takeRecord(source: Uint8Array, record: RawRecord, draft: Draft): void {
  const kind = findRecordKind(record.type);
  const number = `0x${record.type.toString(16)}`;
  const fail = (code: string, message: string): never => {
    throw new DecodeError(code, record.start, message);
  };
  if (kind === undefined) {
    if (record.type < OPTIONAL) fail('unknown-record', `record ${number} is mandatory and unknown`);
    draft.notes.push(
      `optional record ${number} at byte ${record.start} was skipped: it is unknown`,
    );
    addPart(draft, record, `record ${number}`);
    return;
  }
  const { name, refused, since } = kind;
  if (refused !== undefined) fail('refused-record', `record ${name} is refused: ${refused}`);
  if (draft.header.version < since) {
    fail('bad-order', `record ${name} is in a stream of version ${draft.header.version}`);
  }
  const isRepeated = record.type !== RECORD.pageData && draft.seen.has(record.type);
  if (isRepeated) fail('twice', `record ${name} is there twice`);
  if (record.type === RECORD.pageData && draft.header.version >= 3 && !hasStaticData(draft)) {
    fail('bad-order', 'PAGE_DATA comes before STATIC_DATA_END');
  }
  draft.seen.add(record.type);
  addPart(draft, record, name);
  const bytes = source.subarray(record.offset, record.offset + record.length);
  rebased(record.offset, () => readBody(record, name, new ByteReader(bytes), draft));
}

const hasStaticData = ({ seen }: Draft): boolean => seen.has(RECORD.staticDataEnd);

function readBody(record: RawRecord, name: string, body: ByteReader, draft: Draft): void {
  switch (record.type) {
    case RECORD.pageData:
      readPageData(body, record.offset, draft.pages, draft.seen.has(RECORD.verify));
      break;
    case RECORD.tscInfo:
      readPlaced(body, STREAM_LAYOUT.tscInfo, draft);
      break;
    case RECORD.hvmParams:
      readParams(body, draft);
      break;
    case RECORD.hvmContext:
      readContext(body, draft);
      break;
  }
  if (body.remaining > 0) {
    body.fail('bad-length', `record ${name} has ${body.remaining} bytes too many`);
  }
}

function readPlaced(body: ByteReader, record: NativeRecord, draft: Draft): void {
  readPlaces(record, body.bytes(record.bytes, record.name), draft.state);
}

function readParams(body: ByteReader, draft: Draft): void {
  const count = body.u32('number of parameters');
  if (body.u32('reserved word') !== 0) body.fail('reserved', 'the word after the count must be 0');
  if (body.remaining !== count * 16) {
    body.fail('bad-length', `${count} parameters need ${count * 16} bytes, not ${body.remaining}`);
  }
  const seen = new Set<number>();
  for (let i = 0; i < count; i++) {
    const index = Number(body.u64('index of a parameter'));
    const param = HVM_PARAMS.find((known) => known.index === index);
    if (param === undefined) body.fail('unsupported', `HVM parameter ${index} is not known`);
    if (seen.has(index)) body.fail('twice', `HVM parameter ${param.name} is there twice`);
    seen.add(index);
    draft.state.set(`hvm_params.${param.name}`, body.u64('value of a parameter'));
  }
}

function readContext(body: ByteReader, draft: Draft): void {
  const processors: number[] = [];
  for (const { type, instance, body: bytes } of readHvmContext(body)) {
    const name = hvmName(type);
    if (type === HVM_TYPE.header) readPlaces(STREAM_LAYOUT.header, bytes, draft.state);
    else if (type === HVM_TYPE.cpu) {
      processors.push(instance);
      readPlaces(STREAM_LAYOUT.cpu, bytes, draft.state);
    } else if (type === HVM_TYPE.pic && instance <= 1) {
      readPlaces(instance === 0 ? STREAM_LAYOUT.pic0 : STREAM_LAYOUT.pic1, bytes, draft.state);
    } else if (type === HVM_TYPE.pit && instance === 0) {
      readPlaces(STREAM_LAYOUT.pit, bytes, draft.state);
    } else body.fail('unsupported', `HVM entry ${name}: the toy PC has no such device`);
  }
  if (processors.length !== 1 || processors[0] !== 0) {
    const which = processors.length === 0 ? 'none' : processors.join(', ');
    body.fail('unsupported', `the guest has other processors than number 0 alone: ${which}`);
  }
  const problem = loaderProblem(draft.state);
  if (problem !== undefined) body.fail('bad-state', problem);
}

/** Records that a guest cannot be made without. */
const NEEDED = [
  [RECORD.staticDataEnd, 'STATIC_DATA_END'],
  [RECORD.tscInfo, 'X86_TSC_INFO'],
  [RECORD.hvmContext, 'HVM_CONTEXT'],
] as const;

function complete(draft: Draft, reader: ByteReader): DomainImage {
  for (const [type, name] of NEEDED) {
    const isMissing = !draft.seen.has(type);
    const isOptional = type === RECORD.staticDataEnd && draft.header.version < 3;
    if (isMissing && !isOptional) reader.fail('missing', `record ${name} is missing`);
  }
  for (const pfn of specialPages(draft.state)) draft.pages.delete(pfn);
  const { header, state, parts, notes } = draft;
  return {
    header,
    state,
    memory: draft.pages.stretches(),
    pages: draft.pages.runs(),
    parts,
    notes,
    bytes: reader.offset,
  };
}

/** Pages that loading wipes, or that only Xen and the guest's drivers use. */
function specialPages(state: NativeState): number[] {
  const named = HVM_PARAMS.filter(({ isPage }) => isPage === true)
    .map(({ name }) => Number(state.get(`hvm_params.${name}`) ?? 0n))
    .filter((pfn) => pfn !== 0);
  const region = Array.from({ length: SPECIAL_END - SPECIAL_FIRST }, (_, i) => SPECIAL_FIRST + i);
  return [...named, ...region];
}

function headersPart({ version, xenMajor, xenMinor }: StreamHeader): FilePart {
  const from = xenMajor === 0 ? 'converted from a legacy stream' : `Xen ${xenMajor}.${xenMinor}`;
  const detail = `version ${version}, x86 HVM, ${from}`;
  return { offset: 0, bytes: HEADERS_BYTES, name: 'headers', detail };
}

/** Where a stream has more, neighbouring PAGE_DATA records are one part. */
const MAX_PARTS = 10_000;

function addPart({ parts }: Draft, record: RawRecord, name: string): void {
  const { start, offset, length } = record;
  const last = parts.at(-1);
  if (parts.length < MAX_PARTS || name !== 'PAGE_DATA' || last?.name !== name) {
    parts.push({ offset: start, bytes: offset - start + length, name, detail: `${length} bytes` });
    return;
  }
  const bytes = offset + length - last.offset;
  parts[parts.length - 1] = { ...last, bytes, detail: 'several records' };
}
