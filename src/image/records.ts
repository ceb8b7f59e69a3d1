/** The bodies of the records of a `.vmcf` image (FORMAT.md §3), one writer and one reader each. */
import { assert } from '../base/assert.ts';
import { bigFromBytes, bigToBytes } from '../base/big-bytes.ts';
import type { ByteReader, ByteWriter } from '../base/bytes.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { byteWidth, type CommonField, type FlatFields, fieldProblem } from './fields.ts';
import { MAX_RUN_PAGES, writeRecord } from './framing.ts';
import type { CommonRam, CommonState, CommonStop } from './model.ts';
import { MAX_FEATURES, MAX_REGIONS, MAX_TEXT } from './validate.ts';

export const RECORD = {
  end: 0x00,
  identity: 0x01,
  memoryMap: 0x02,
  cpu: 0x03,
  clock: 0x04,
  policy: 0x05,
  stopped: 0x06,
  uart: 0x10,
  pic: 0x11,
  pit: 0x12,
  ne2000: 0x13,
  cmos: 0x14,
  pages: 0x20,
} as const;

/** Consecutive pages of one kind. */
export interface PageRun {
  readonly firstGfn: number;
  readonly count: number;
  /** `count` × 4096 bytes; undefined: all of them are zero. */
  readonly data: Uint8Array<ArrayBuffer> | undefined;
}

export function writeIdentity(writer: ByteWriter, identity: CommonState['identity']): void {
  writer.text(identity.id).text(identity.name);
}

export function readIdentity(body: ByteReader): CommonState['identity'] {
  return { id: readName(body, 'id'), name: readName(body, 'name') };
}

export function writeMemoryMap(writer: ByteWriter, memory: readonly CommonRam[]): void {
  writer.u32(memory.length);
  for (const ram of memory) writer.u32(ram.firstGfn).u32(ram.pages);
}

export function readMemoryMap(body: ByteReader): CommonRam[] {
  const count = body.u32('number of stretches');
  if (count > MAX_REGIONS)
    body.fail('too-many', `${count} stretches of RAM are over ${MAX_REGIONS}`);
  const memory: CommonRam[] = [];
  for (let i = 0; i < count; i++) {
    memory.push({ firstGfn: body.u32('first frame'), pages: body.u32('pages') });
  }
  return memory;
}

export function writePolicy(writer: ByteWriter, policy: CommonState['policy']): void {
  for (const names of [policy.offered, policy.used]) {
    writer.u16(names.length);
    for (const name of names) writer.text(name);
  }
}

export function readPolicy(body: ByteReader): CommonState['policy'] {
  return { offered: readNames(body, 'offered'), used: readNames(body, 'used') };
}

function readNames(body: ByteReader, what: string): string[] {
  const count = body.u16(`number of ${what} features`);
  if (count > MAX_FEATURES)
    body.fail('too-many', `${count} ${what} features are over ${MAX_FEATURES}`);
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(readName(body, `${what} feature`));
  return names;
}

function readName(body: ByteReader, what: string): string {
  const at = body.offset;
  const text = body.text(what);
  if (body.offset - at > 2 + MAX_TEXT) body.fail('too-long', `${what} is over ${MAX_TEXT} bytes`);
  return text;
}

/** Little-endian, in the list's order, each field as wide as the list says. */
export function writeFields(
  writer: ByteWriter,
  fields: readonly CommonField[],
  flat: FlatFields,
): void {
  for (const field of fields) {
    const value = flat.get(field.path);
    assert(value !== undefined, `flat state lacks ${field.path}`);
    if (field.form === 'memory') {
      const length = usedBytes(value);
      writer.u16(length).bytes(bigToBytes(value, length));
    } else {
      writer.bytes(bigToBytes(value, byteWidth(field)));
    }
  }
}

export function readFields(body: ByteReader, fields: readonly CommonField[]): FlatFields {
  const flat = new Map<string, bigint>();
  for (const field of fields) {
    const length = field.form === 'memory' ? readLength(body, field) : byteWidth(field);
    const value = bigFromBytes(body.bytes(length, field.path));
    if (field.form === 'memory' && usedBytes(value) !== length)
      body.fail('bad-value', `${field.path} ends with a zero byte`);
    const problem = fieldProblem(field, value);
    if (problem !== undefined) body.fail('bad-value', `${field.path} ${problem}`);
    flat.set(field.path, value);
  }
  return flat;
}

/** Up to the last byte that is not zero. */
const usedBytes = (value: bigint): number =>
  value === 0n ? 0 : Math.ceil(value.toString(16).length / 2);

function readLength(body: ByteReader, field: CommonField): number {
  const length = body.u16(`length of ${field.path}`);
  if (length > byteWidth(field))
    body.fail('too-long', `${field.path} of ${length} bytes is over ${byteWidth(field)}`);
  return length;
}

export function writeStopped(writer: ByteWriter, { cause, code }: CommonStop): void {
  writer.text(cause).u32(code);
}

export function readStopped(body: ByteReader): CommonStop {
  return { cause: readName(body, 'cause'), code: body.u32('code') };
}

/** One PAGES record: also for writers that stream a memory larger than they want to hold. */
export function writePageRun(writer: ByteWriter, run: PageRun): void {
  const { data, count } = run;
  assert(count > 0 && count <= MAX_RUN_PAGES, `a run has 1 to ${MAX_RUN_PAGES} pages`);
  assert(data === undefined || data.length === count * PAGE_SIZE, 'a run has whole pages');
  writeRecord(writer, RECORD.pages, (body) => {
    body
      .u32(run.firstGfn)
      .u16(count)
      .u16(data === undefined ? 0 : 1);
    if (data !== undefined) body.bytes(data);
  });
}

export function readPageRun(body: ByteReader): PageRun {
  const firstGfn = body.u32('first frame');
  const count = body.u16('pages');
  const form = body.u16('form of pages');
  if (count === 0 || count > MAX_RUN_PAGES) {
    body.fail('bad-value', `a run of ${count} pages; 1 to ${MAX_RUN_PAGES} are allowed`);
  }
  if (form > 1) body.fail('bad-value', `form of pages ${form} is neither 0 (zero) nor 1 (data)`);
  const data = form === 1 ? body.bytes(count * PAGE_SIZE, 'pages') : undefined;
  return { firstGfn, count, data };
}
