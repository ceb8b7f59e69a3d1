/**
 * Reads QEMU's migration stream, from a file or as it comes. Pages are kept apart from any VM; what
 * comes out is complete and in order, or an error with its place.
 */
import { DecodeError } from '../../../base/bytes.ts';
import type { Reading } from '../../live-format.ts';
import {
  type DevicePart,
  type DeviceState,
  endOfDescription,
  findDescription,
  MAX_DEVICE_BYTES,
  readDevices,
} from './device-reader.ts';
import { READABLE_MACHINES, type StreamMachine } from './machines.ts';
import { RAM_SECTION, RAM_VERSION, RamStage } from './ram.ts';
import { COMMAND } from './return-path.ts';
import { StreamCursor } from './stream-cursor.ts';
import { MAGIC, RECORD, STREAM_VERSION } from './writer.ts';

export interface QemuStream {
  readonly machine: StreamMachine;
  readonly ram: RamStage;
  readonly devices: DeviceState;
  readonly parts: readonly DevicePart[];
}

/** What a source says on the way, of which only a live destination has use. */
export interface StreamListener {
  /** A return path is to be opened, or a ping answered with its value. */
  command(command: 'open-return-path' | 'ping', value: number): void;
  /** A section of pages is complete. */
  round(ram: RamStage): void;
}

/** Longest machine name; real ones have under 30 letters. */
const MAX_NAME = 255;

interface ReadOptions {
  readonly listener?: StreamListener;
  /** Which of them it may be of. */
  readonly machines?: readonly StreamMachine[];
}

/** @throws DecodeError */
export function* readStream(options: ReadOptions = {}): Reading<QemuStream> {
  const { listener, machines = READABLE_MACHINES } = options;
  const cursor = new StreamCursor();
  const machine = yield* readHead(cursor, machines);
  const ram = new RamStage(machine);
  const parts: DevicePart[] = [];
  let ramId: number | undefined;
  for (;;) {
    const at = cursor.offset;
    const type = yield* cursor.u8('record type');
    if (type === RECORD.start) {
      if (ramId !== undefined) cursor.fail('twice', 'RAM is set up twice');
      ramId = yield* readStart(cursor, ram);
      parts.push(ramPart(at, cursor, 'ram setup', ram));
    } else if (type === RECORD.part || type === RECORD.last) {
      yield* readRamPart(cursor, ram, ramId);
      parts.push(ramPart(at, cursor, type === RECORD.part ? 'ram part' : 'ram end', ram));
      listener?.round(ram);
    } else if (type === RECORD.command) {
      yield* readCommand(cursor, listener);
    } else if (ramId === undefined) {
      throw new DecodeError('bad-record', at, 'device state comes before the RAM it belongs to');
    } else {
      const devices = readDevices(yield* restOf(type, cursor), at, machine);
      return { machine, ram, devices, parts: [...parts, ...devices.parts] };
    }
    checkParts(cursor, parts);
  }
}

const MAX_PARTS = 100_000;

function checkParts(cursor: StreamCursor, parts: readonly DevicePart[]): void {
  if (parts.length > MAX_PARTS) cursor.fail('too-many', `over ${MAX_PARTS} sections`);
}

function ramPart(at: number, cursor: StreamCursor, name: string, ram: RamStage): DevicePart {
  const { received, resent } = ram.counts;
  const detail =
    name === 'ram setup'
      ? `${ram.frames} pages of RAM`
      : `${received} pages so far, ${resent} of them again`;
  return { offset: at, bytes: cursor.offset - at, name, detail };
}

function* readHead(
  cursor: StreamCursor,
  machines: readonly StreamMachine[],
): Reading<StreamMachine> {
  if ((yield* cursor.u32('magic')) !== MAGIC)
    throw new DecodeError('bad-magic', 0, 'this is not a QEMU migration stream');
  const version = yield* cursor.u32('version');
  if (version !== STREAM_VERSION)
    throw new DecodeError('bad-version', 4, `stream version ${version}; ${STREAM_VERSION} is read`);
  if ((yield* cursor.u8('configuration')) !== RECORD.configuration)
    throw new DecodeError('bad-record', 8, 'the stream does not start with its configuration');
  const length = yield* cursor.u32('length of the machine’s name');
  if (length > MAX_NAME) cursor.fail('too-large', `a machine’s name of ${length} bytes`);
  const bytes = yield* cursor.bytes(length, 'machine’s name');
  const name = String.fromCharCode(...bytes).replaceAll(/[^ -~]/g, '?');
  const machine = machines.find((candidate) => candidate.name === name);
  if (machine !== undefined) return machine;
  const known = machines.map((candidate) => candidate.name).join(', ');
  return cursor.fail('unsupported', `the stream is of machine "${name}"; ${known} are read`);
}

function* readStart(cursor: StreamCursor, ram: RamStage): Reading<number> {
  const id = yield* cursor.u32('section id');
  const name = yield* cursor.name('section');
  yield* cursor.u32('section instance');
  const version = yield* cursor.u32('section version');
  if (name !== RAM_SECTION)
    cursor.fail('unknown-section', `section ${name} is sent in parts and unknown here`);
  if (version !== RAM_VERSION)
    cursor.fail('bad-version', `section ram has version ${version}; ${RAM_VERSION} is read`);
  yield* ram.readSetup(cursor);
  yield* readFooter(cursor, id);
  return id;
}

function* readRamPart(
  cursor: StreamCursor,
  ram: RamStage,
  ramId: number | undefined,
): Reading<void> {
  const id = yield* cursor.u32('section id');
  if (ramId === undefined || id !== ramId)
    cursor.fail('bad-record', `pages belong to section ${id}, which was not started`);
  yield* ram.readRecords(cursor);
  yield* readFooter(cursor, id);
}

function* readFooter(cursor: StreamCursor, id: number): Reading<void> {
  const at = cursor.offset;
  const mark = yield* cursor.u8('end of section ram');
  if (mark !== RECORD.footer || (yield* cursor.u32('end of section ram')) !== id)
    throw new DecodeError('no-footer', at, 'section ram does not end where it should');
}

function* readCommand(cursor: StreamCursor, listener?: StreamListener): Reading<void> {
  const command = yield* cursor.u16('command');
  const length = yield* cursor.u16('length of a command');
  if (command === COMMAND.openReturnPath && length === 0) {
    listener?.command('open-return-path', 0);
  } else if (command === COMMAND.ping && length === 4) {
    listener?.command('ping', yield* cursor.u32('ping'));
  } else if (command === COMMAND.switchoverStart && length === 0) {
    return;
  } else {
    cursor.fail('unsupported', `command ${command} belongs to a capability; migrate without it`);
  }
}

/** Everything from the first device record on, of which `first` was read already. */
function* restOf(first: number, cursor: StreamCursor): Reading<Uint8Array> {
  let rest = Uint8Array.of(first);
  for (;;) {
    const more = yield 'more';
    if (more.length === 0) return rest;
    if (rest.length + more.length > MAX_DEVICE_BYTES)
      cursor.fail('too-large', `over ${MAX_DEVICE_BYTES} bytes of device state`);
    const joined = new Uint8Array(rest.length + more.length);
    joined.set(rest);
    joined.set(more, rest.length);
    rest = joined;
    cursor.offset += more.length;
    const described = findDescription(rest, false);
    if (described !== undefined && endOfDescription(rest, described) === rest.length) return rest;
  }
}
