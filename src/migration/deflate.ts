/** One page through DEFLATE (RFC 1951), by a kept library. Whatever comes in, out comes a page or nothing. */
import { deflateSync, inflateSync } from 'fflate';
import { PAGE_SIZE } from '../base/units.ts';

/** QEMU's `multifd-zlib-level`, its default. */
const LEVEL = 1;

/** Undefined: it would not become shorter than `limit`. */
export function deflatePage(page: Uint8Array, limit: number): Uint8Array<ArrayBuffer> | undefined {
  const packed = deflateSync(page, { level: LEVEL });
  return packed.length > limit ? undefined : new Uint8Array(packed);
}

/** Undefined: not exactly a page. The room for one byte more shows what would be longer. */
export function inflatePage(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  try {
    const out = inflateSync(bytes, { out: new Uint8Array(PAGE_SIZE + 1) });
    return out.length === PAGE_SIZE ? new Uint8Array(out) : undefined;
  } catch {
    return undefined;
  }
}
