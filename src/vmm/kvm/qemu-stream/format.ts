/** QEMU's migration stream as a state file format: what `migrate exec:cat>FILE` writes. */
import { DecodeError } from '../../../base/bytes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { PAGE_SIZE } from '../../../base/units.ts';
import type { ImageFile } from '../../../image/codec.ts';
import type { CommonState } from '../../../image/model.ts';
import { pagesProblem } from '../../../image/validate.ts';
import type {
  FormatError,
  LoadedFile,
  QemuMachine,
  StateFormat,
  WrittenFile,
} from '../../format.ts';
import { WRITABLE_MACHINES } from './machines.ts';
import { type QemuStream, readStream } from './reader.ts';
import { readWhole } from './stream-cursor.ts';
import { commonToQemu, qemuToCommon } from './translate.ts';
import { MAGIC, type StreamPage, streamHead, streamPages, streamTail } from './writer.ts';

/** A stream names its machine and not its VM. */
const IDENTITY = { id: 'qemu', name: 'qemu' };
/** QEMU rounds its RAM up to whole 8 KiB. */
const RAM_STEP_PAGES = 2;

export const QEMU_FORMAT: StateFormat = {
  id: 'qemu',
  title: 'QEMU migration stream',
  detect: (bytes) =>
    bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === MAGIC,
  write: (image, options) => writeQemu(image, options?.machine ?? 'none'),
  read: readQemu,
};

function writeQemu(image: ImageFile, id: QemuMachine): Result<WrittenFile, FormatError> {
  const machine = WRITABLE_MACHINES[id];
  const pages = ramPages(image.state);
  if (!pages.ok) return pages;
  const screen = id === 'isapc' ? screenPage(image) : undefined;
  if (screen !== undefined)
    return err({
      code: 'unsupported',
      message: `page ${screen} holds data, but isapc has its screen and firmware from page 160 to 255`,
    });
  const native = commonToQemu(image.state, machine);
  if (!native.ok) return native;
  const chunks = [
    streamHead(machine, pages.value * PAGE_SIZE),
    streamPages(machine, pagesOf(image, pages.value), false),
    streamPages(machine, [], true),
    streamTail(machine, native.value.value, 'running'),
  ];
  const memory = `QEMU needs -M ${machine.name} -m ${(pages.value * PAGE_SIZE) / 1024}K`;
  return ok({ bytes: join(chunks), notes: [memory, ...native.value.notes] });
}

/** 0xA0000 to 0xFFFFF: on a PC no RAM is seen there. */
const SCREEN_FIRST = 0xa0;
const SCREEN_END = 0x100;

/** The first page with data where the PC has screen and firmware. */
function screenPage({ pages }: ImageFile): number | undefined {
  for (const { firstGfn, count, data } of pages) {
    const end = Math.min(firstGfn + count, SCREEN_END);
    for (let frame = Math.max(firstGfn, SCREEN_FIRST); frame < end; frame++) {
      const at = (frame - firstGfn) * PAGE_SIZE;
      if (data?.subarray(at, at + PAGE_SIZE).some((byte) => byte !== 0)) return frame;
    }
  }
  return undefined;
}

/** RAM must be one stretch from 0: QEMU knows no other without a board. */
export function ramPages({ memory }: Pick<CommonState, 'memory'>): Result<number, FormatError> {
  const [ram, ...more] = memory;
  if (ram?.firstGfn !== 0 || more.length > 0)
    return err({ code: 'unsupported', message: 'QEMU’s RAM is one stretch from address 0' });
  if (ram.pages % RAM_STEP_PAGES !== 0)
    return err({ code: 'unsupported', message: 'QEMU’s RAM comes in steps of 8 KiB' });
  return ok(ram.pages);
}

/** Every page of RAM, in order: the destination's memory need not be fresh. */
function* pagesOf({ pages }: ImageFile, count: number): Generator<StreamPage> {
  let next = 0;
  for (const run of pages) {
    for (; next < run.firstGfn; next++) yield { frame: next, data: undefined };
    for (let i = 0; i < run.count; i++, next++) {
      const data = run.data?.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
      yield { frame: next, data: data?.some((byte) => byte !== 0) ? data : undefined };
    }
  }
  for (; next < count; next++) yield { frame: next, data: undefined };
}

function readQemu(bytes: Uint8Array): Result<LoadedFile, FormatError> {
  try {
    return loadStream(readWhole(bytes, readStream()));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return err({ code: error.code, offset: error.offset, message: error.message });
  }
}

/** A stream that was read, as a VM. */
export function loadStream(stream: QemuStream): Result<LoadedFile, FormatError> {
  const { machine, ram, devices, parts } = stream;
  const halt = runStateProblem(devices.places.get('globalstate.runstate'));
  if (halt !== undefined) return err({ code: 'unsupported', message: halt });
  if (!devices.places.has('cpu.env.eip'))
    return err({ code: 'missing', message: 'the stream has no section cpu' });
  const memory = [{ firstGfn: 0, pages: ram.frames }];
  const state = qemuToCommon(devices, machine, { identity: IDENTITY, memory });
  if (!state.ok) return state;
  const pages = ram.runs();
  const problem = pagesProblem(pages, memory);
  if (problem !== undefined) return err({ code: 'invalid', message: problem });
  const notes = [...state.value.notes, ...skippedNotes(stream)];
  return ok({ image: { state: state.value.value, pages }, parts, notes });
}

function skippedNotes({ machine, ram, devices }: QemuStream): string[] {
  const skipped = [...devices.skipped, ...ram.otherBlocks.map((name) => `memory ${name}`)];
  const notes = [`saved from machine ${machine.name}`];
  if (skipped.length > 0) notes.push(`skipped: ${[...new Set(skipped)].join(', ')}`);
  return notes;
}

/** Run states of a VM that could go on. */
const LIVING = ['running', 'paused', 'prelaunch', 'postmigrate', 'finish-migrate', 'debug'];

function runStateProblem(text: bigint | undefined): string | undefined {
  if (text === undefined) return undefined;
  const name = textOf(text);
  return LIVING.includes(name) ? undefined : `the VM was saved in state "${name}" and cannot go on`;
}

/** Up to the first NUL: newer versions keep flags behind it. */
function textOf(value: bigint): string {
  const digits = value.toString(16).padStart(200, '0');
  let text = '';
  for (let i = 0; i < digits.length; i += 2) {
    const code = Number.parseInt(digits.slice(i, i + 2), 16);
    if (code === 0) break;
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
  }
  return text;
}

function join(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
