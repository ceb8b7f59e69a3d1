/** QEMU's migration stream as a state file format: what `migrate exec:cat>FILE` writes. */
import { DecodeError } from '../../../base/bytes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { PAGE_SIZE } from '../../../base/units.ts';
import type { ImageFile } from '../../../image/codec.ts';
import type {
  FormatError,
  LoadedFile,
  QemuMachine,
  StateFormat,
  WrittenFile,
} from '../../format.ts';
import type { LivePage } from '../../live-format.ts';
import { BELOW_BIOS, type FrameSpan, hiddenRefusal } from './hidden-frames.ts';
import { QEMU_LIVE } from './live.ts';
import { loadStream } from './load-stream.ts';
import { WRITABLE_MACHINES } from './machines.ts';
import { readStream } from './reader.ts';
import { readWhole } from './stream-cursor.ts';
import { commonToQemu, ramPages } from './translate.ts';
import { joined, MAGIC, streamHead, streamPages, streamTail } from './writer.ts';

export const QEMU_FORMAT: StateFormat = {
  id: 'qemu',
  title: 'QEMU migration stream',
  detect: (bytes) =>
    bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === MAGIC,
  write: (image, options) => writeQemu(image, options?.machine ?? 'none'),
  read: readQemu,
  live: QEMU_LIVE,
};

function writeQemu(image: ImageFile, id: QemuMachine): Result<WrittenFile, FormatError> {
  const machine = WRITABLE_MACHINES[id];
  const pages = ramPages(image.state);
  if (!pages.ok) return pages;
  const within = (span: FrameSpan) => dataWithin(image, span);
  const hidden = machine.hidden.map(within).find((frame) => frame !== undefined);
  if (hidden !== undefined) return hiddenRefusal(hidden);
  const below = id === 'isapc' ? within(BELOW_BIOS) : undefined;
  const native = commonToQemu(image.state, machine);
  if (!native.ok) return native;
  const chunks = [
    streamHead(machine, pages.value * PAGE_SIZE),
    streamPages(machine, pagesOf(image, pages.value), false),
    streamPages(machine, [], true),
    streamTail(machine, native.value.value, 'running'),
  ];
  const memory = `QEMU needs -M ${machine.name} -m ${(pages.value * PAGE_SIZE) / 1024}K`;
  const notes = [memory, ...native.value.notes];
  if (below !== undefined)
    notes.push(`QEMU needs a BIOS of 64 KiB, as -bios qboot.rom: page ${below} holds data`);
  return ok({ bytes: joined(chunks), notes });
}

/** The first page with data in it. */
function dataWithin({ pages }: ImageFile, [first, end]: FrameSpan): number | undefined {
  for (const { firstGfn, count, data } of pages) {
    const last = Math.min(firstGfn + count, end);
    for (let frame = Math.max(firstGfn, first); frame < last; frame++) {
      const at = (frame - firstGfn) * PAGE_SIZE;
      if (data?.subarray(at, at + PAGE_SIZE).some((byte) => byte !== 0)) return frame;
    }
  }
  return undefined;
}

/** Every page of RAM, in order: the destination's memory need not be fresh. */
function* pagesOf({ pages }: ImageFile, count: number): Generator<LivePage> {
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
