/**
 * `.vmcf`, the binary form of the common model; FORMAT.md gives it byte by byte. Reading is decode,
 * then validate; nothing is returned before the whole image is known to be sound, and every size is
 * checked before memory is taken for it.
 */
import { assert } from '../base/assert.ts';
import { ByteReader, ByteWriter, DecodeError, rebased } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { CommonDevice } from './device-model.ts';
import {
  CPU_FIELDS,
  DEVICE_FIELDS,
  DEVICE_KINDS,
  flattenCpu,
  flattenDevice,
  unflattenCpu,
  unflattenDevice,
} from './fields.ts';
import {
  HEADER_BYTES,
  MAX_RECORDS,
  OPTIONAL,
  readHeader,
  readRecord,
  recordName,
  withHeader,
  writeRecord,
} from './framing.ts';
import type { CommonState } from './model.ts';
import {
  type PageRun,
  RECORD,
  readFields,
  readIdentity,
  readMemoryMap,
  readPageRun,
  readPolicy,
  readStopped,
  writeFields,
  writeIdentity,
  writeMemoryMap,
  writePageRun,
  writePolicy,
  writeStopped,
} from './records.ts';
import { MAX_DEVICES, pagesProblem, stateProblem } from './validate.ts';

export interface ImageError {
  /** Stable; FORMAT.md §5 lists them. */
  readonly code: string;
  readonly offset: number;
  readonly message: string;
}

export interface ImageFile {
  readonly state: CommonState;
  /** Ascending, without overlap, inside the memory map. */
  readonly pages: readonly PageRun[];
}

/** The state alone, as a migration sends it. */
export function encodeImage(state: CommonState): Uint8Array<ArrayBuffer> {
  return encodeImageFile({ state, pages: [] });
}

/** Reads a state alone: an image with pages in it is refused rather than read in part. */
export function decodeImage(bytes: Uint8Array): Result<CommonState, ImageError> {
  const file = decodeImageFile(bytes);
  if (!file.ok) return file;
  if (file.value.pages.length === 0) return ok(file.value.state);
  const message = 'this image holds pages; a state without pages is expected here';
  return err({ code: 'unexpected-pages', offset: HEADER_BYTES, message });
}

/** State and pages, as a file keeps them. */
export function encodeImageFile({ state, pages }: ImageFile): Uint8Array<ArrayBuffer> {
  const problem = stateProblem(state) ?? pagesProblem(pages, state.memory);
  assert(problem === undefined, `not a valid image: ${problem}`);
  const writer = new ByteWriter();
  writeRecord(writer, RECORD.identity, (w) => writeIdentity(w, state.identity));
  writeRecord(writer, RECORD.memoryMap, (w) => writeMemoryMap(w, state.memory));
  writeRecord(writer, RECORD.cpu, (w) => writeFields(w, CPU_FIELDS, flattenCpu(state.cpu)));
  writeRecord(writer, RECORD.clock, (w) => w.u64(state.clock.guestNs));
  writeRecord(writer, RECORD.policy, (w) => writePolicy(w, state.policy));
  const { stopped } = state;
  if (stopped !== undefined) writeRecord(writer, RECORD.stopped, (w) => writeStopped(w, stopped));
  for (const device of state.devices) {
    const fields = DEVICE_FIELDS[device.kind];
    writeRecord(writer, RECORD[device.kind], (w) => writeFields(w, fields, flattenDevice(device)));
  }
  for (const run of pages) writePageRun(writer, run);
  writeRecord(writer, RECORD.end, () => {});
  return withHeader(writer.finish());
}

export function decodeImageFile(bytes: Uint8Array): Result<ImageFile, ImageError> {
  try {
    return ok(readImage(bytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return err({ code: error.code, offset: error.offset, message: error.message });
  }
}

function readImage(bytes: Uint8Array): ImageFile {
  const reader = new ByteReader(bytes);
  readHeader(reader, bytes);
  const draft: Draft = { single: new Map(), devices: [], pages: [] };
  let records = 0;
  for (;;) {
    const record = readRecord(reader, bytes);
    if (record.type === RECORD.end) {
      if (record.body.length > 0) reader.fail('bad-length', 'the END record has a body');
      break;
    }
    records += 1;
    if (records > MAX_RECORDS) reader.fail('too-many', `more than ${MAX_RECORDS} records`);
    rebased(record.offset, () => readBody(record.type, new ByteReader(record.body), draft));
  }
  if (reader.remaining > 0) reader.fail('after-end', `${reader.remaining} bytes follow the end`);
  return complete(reader, draft);
}

/** What has been read so far. */
interface Draft {
  /** Parts that are there once at most, by record type. */
  readonly single: Map<number, unknown>;
  readonly devices: CommonDevice[];
  readonly pages: PageRun[];
}

const SINGLE: ReadonlyMap<number, (body: ByteReader) => unknown> = new Map<
  number,
  (body: ByteReader) => unknown
>([
  [RECORD.identity, readIdentity],
  [RECORD.memoryMap, readMemoryMap],
  [RECORD.cpu, (body) => unflattenCpu(readFields(body, CPU_FIELDS))],
  [RECORD.clock, (body) => ({ guestNs: body.u64('guest time') })],
  [RECORD.policy, readPolicy],
]);

function readBody(type: number, body: ByteReader, draft: Draft): void {
  const readSingle = type === RECORD.stopped ? readStopped : SINGLE.get(type);
  const kind = DEVICE_KINDS.find((candidate) => RECORD[candidate] === type);
  if (readSingle !== undefined) {
    if (draft.single.has(type)) body.fail('twice', `record ${recordName(type)} is there twice`);
    draft.single.set(type, readSingle(body));
  } else if (kind !== undefined) {
    if (draft.devices.length === MAX_DEVICES) body.fail('too-many', `over ${MAX_DEVICES} devices`);
    draft.devices.push(unflattenDevice(kind, readFields(body, DEVICE_FIELDS[kind])));
  } else if (type === RECORD.pages) {
    draft.pages.push(readPageRun(body));
  } else if ((type & OPTIONAL) !== 0) {
    return;
  } else {
    body.fail('unknown-record', `record ${recordName(type)} is mandatory and unknown here`);
  }
  if (body.remaining > 0) {
    body.fail('bad-length', `record ${recordName(type)} has ${body.remaining} bytes too many`);
  }
}

function complete(reader: ByteReader, draft: Draft): ImageFile {
  for (const type of SINGLE.keys()) {
    if (!draft.single.has(type)) reader.fail('missing', `record ${recordName(type)} is missing`);
  }
  const part = (type: number): unknown => draft.single.get(type);
  const stopped = part(RECORD.stopped) as CommonState['stopped'];
  const state: CommonState = {
    identity: part(RECORD.identity) as CommonState['identity'],
    memory: part(RECORD.memoryMap) as CommonState['memory'],
    cpu: part(RECORD.cpu) as CommonState['cpu'],
    devices: draft.devices,
    clock: part(RECORD.clock) as CommonState['clock'],
    policy: part(RECORD.policy) as CommonState['policy'],
    ...(stopped === undefined ? {} : { stopped }),
  };
  const problem = stateProblem(state) ?? pagesProblem(draft.pages, state.memory);
  if (problem !== undefined) reader.fail('invalid', problem);
  return { state, pages: draft.pages };
}

/** One record of an image, for people. */
export interface ImagePart {
  readonly offset: number;
  readonly bytes: number;
  readonly name: string;
}

const RECORD_HEAD = 12;

/** Pre: `decodeImageFile` takes the image. */
export function imageParts(bytes: Uint8Array): ImagePart[] {
  const names = new Map<number, string>(Object.entries(RECORD).map(([name, type]) => [type, name]));
  const reader = new ByteReader(bytes);
  readHeader(reader, bytes);
  const parts: ImagePart[] = [{ offset: 0, bytes: HEADER_BYTES, name: 'header' }];
  while (reader.remaining > 0) {
    const { type, offset, body } = readRecord(reader, bytes);
    const name = names.get(type) ?? recordName(type);
    parts.push({ offset: offset - RECORD_HEAD, bytes: RECORD_HEAD + body.length, name });
  }
  return parts;
}
