/**
 * XBZRLE, QEMU's difference coding of pages sent again (docs/migration/xbzrle; xbzrle.c): runs of
 * bytes that are as before and of bytes that are new, in turn, their lengths as ULEB128. A run of
 * unchanged bytes at the end is left out.
 */
import { PAGE_SIZE } from '../base/units.ts';

/** Undefined: longer than `limit`, so that it would save nothing. Empty: nothing has changed. */
export function encodeDelta(
  before: Uint8Array,
  now: Uint8Array,
  limit: number,
): Uint8Array<ArrayBuffer> | undefined {
  const out = new Uint8Array(limit + 4);
  let length = 0;
  for (let at = 0; at < now.length; ) {
    const same = runLength(before, now, at, true);
    if (at + same === now.length) break;
    const changed = runLength(before, now, at + same, false);
    if (length + 4 + changed > limit) return undefined;
    length = writeLength(out, length, same);
    length = writeLength(out, length, changed);
    out.set(now.subarray(at + same, at + same + changed), length);
    length += changed;
    at += same + changed;
  }
  return out.slice(0, length);
}

/** Applies a difference to a page in place. A text: it is no difference of a page, and why. */
export function applyDelta(delta: Uint8Array, page: Uint8Array): string | undefined {
  let at = 0;
  for (let i = 0; i < delta.length; ) {
    const same = readLength(delta, i);
    const changed = same && readLength(delta, same.next);
    if (!same || !changed) return 'a length is cut short or has over two bytes';
    const from = changed.next;
    if (changed.value === 0) return 'a run of changed bytes is empty';
    if (at > 0 && same.value === 0) return 'two runs of changed bytes touch';
    if (at + same.value + changed.value > PAGE_SIZE) return 'it goes beyond the page';
    if (from + changed.value > delta.length) return 'bytes are missing';
    page.set(delta.subarray(from, from + changed.value), at + same.value);
    at += same.value + changed.value;
    i = from + changed.value;
  }
  return undefined;
}

function runLength(before: Uint8Array, now: Uint8Array, from: number, same: boolean): number {
  let at = from;
  while (at < now.length && (before[at] === now[at]) === same) at += 1;
  return at - from;
}

/** ULEB128; a page has fewer than 2^14 bytes, so two are enough. */
function writeLength(out: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    out[at] = value;
    return at + 1;
  }
  out[at] = (value & 0x7f) | 0x80;
  out[at + 1] = value >>> 7;
  return at + 2;
}

function readLength(bytes: Uint8Array, at: number): { value: number; next: number } | undefined {
  if (at >= bytes.length) return undefined;
  if (bytes[at] < 0x80) return { value: bytes[at], next: at + 1 };
  if (at + 1 >= bytes.length || bytes[at + 1] >= 0x80) return undefined;
  return { value: (bytes[at] & 0x7f) | (bytes[at + 1] << 7), next: at + 2 };
}
