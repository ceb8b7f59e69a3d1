/** An image of the common format to damage; its checksums can be made right again. */
import { crc32 } from '../../src/base/crc32.ts';
import { encodeImageFile } from '../../src/image/codec.ts';
import { HEADER_BYTES } from '../../src/image/framing.ts';
import type { Golden, NumberAt } from './mutator.ts';
import { SMALL_IMAGE } from './xen-images.ts';

const RECORD_HEAD = 12;
const PAGE_BYTES = 4096;

export function commonGolden(): Golden {
  const bytes = encodeImageFile(SMALL_IMAGE);
  const numbers: NumberAt[] = [];
  const parts = [0];
  for (const { at, end } of recordsOf(bytes)) {
    parts.push(at);
    // Of a run of pages only what stands before the bytes.
    const last = end - at > PAGE_BYTES ? at + RECORD_HEAD + 8 : end;
    for (let place = at; place < last; place++) numbers.push({ at: place, bytes: 1 });
    for (let place = at; place + 4 <= last; place += 4) numbers.push({ at: place, bytes: 4 });
  }
  return { bytes, numbers, parts };
}

/** With the checksums and the length that the records, such as they are, should have. */
export function sealed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  for (const { at, end } of recordsOf(bytes)) {
    const sum = crc32(bytes.subarray(at + RECORD_HEAD, end), crc32(bytes.subarray(at, at + 8)));
    view.setUint32(at + 8, sum, true);
  }
  if (bytes.length < HEADER_BYTES) return bytes;
  view.setBigUint64(12, BigInt(bytes.length), true);
  view.setUint32(HEADER_BYTES - 4, crc32(bytes.subarray(0, HEADER_BYTES - 4)), true);
  return bytes;
}

function recordsOf(bytes: Uint8Array<ArrayBuffer>): { at: number; end: number }[] {
  const view = new DataView(bytes.buffer);
  const found: { at: number; end: number }[] = [];
  for (let at = HEADER_BYTES; at + RECORD_HEAD <= bytes.length; ) {
    const end = at + RECORD_HEAD + view.getUint32(at + 4, true);
    if (end > bytes.length) break;
    found.push({ at, end });
    at = end;
  }
  return found;
}
