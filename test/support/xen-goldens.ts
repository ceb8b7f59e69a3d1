/** Xen's streams and `xl` files to damage, with the places of their numbers and records. */
import { writeRaw, writeWrapped } from '../../src/vmm/xen/formats.ts';
import type { Golden, NumberAt } from './mutator.ts';
import { HEADERS, piecesOf, SMALL_IMAGE } from './xen-images.ts';

const HVM_CONTEXT = 9;
const HVM_PARAMS = 10;
const PAGE_DATA = 1;
const CPU_ENTRY = 8 + 24;

function bytesOf(result: ReturnType<typeof writeRaw>): Uint8Array<ArrayBuffer> {
  if (!result.ok) throw new Error(result.error.message);
  return result.value.bytes;
}

const words = (from: number, to: number, bytes: NumberAt['bytes']): NumberAt[] =>
  Array.from({ length: Math.floor((to - from) / bytes) }, (_, i) => ({
    at: from + i * bytes,
    bytes,
  }));

/** Where a raw stream's records and numbers are, `base` bytes further on. */
function shapeOf(stream: Uint8Array, base: number): Omit<Golden, 'bytes'> {
  const numbers = [...words(base + 12, base + HEADERS, 4)];
  const parts = [base];
  let at = base + HEADERS;
  for (const { type, body } of piecesOf(stream)) {
    parts.push(at);
    numbers.push(...words(at, at + 8, 4));
    const first = at + 8;
    if (type === PAGE_DATA) numbers.push(...words(first, first + 8 * 7, 8));
    else if (type === HVM_PARAMS) numbers.push(...words(first, first + body.length, 8));
    else if (type === HVM_CONTEXT) {
      const entry = first + CPU_ENTRY;
      numbers.push(...words(first, first + 32, 4), ...words(entry, entry + 8, 2));
      numbers.push(...words(entry + 8 + 512, first + body.length, 4));
    } else numbers.push(...words(first, first + body.length, 4));
    at = first + Math.ceil(body.length / 8) * 8;
  }
  return { numbers, parts };
}

export function rawGoldens(): Golden[] {
  const options = [{}, { version: 2 }, { verify: true }] as const;
  return options.map((option) => {
    const bytes = bytesOf(writeRaw(SMALL_IMAGE, option));
    return { bytes, ...shapeOf(bytes, 0) };
  });
}

export function xlGoldens(): Golden[] {
  return ([{}, { verify: true }] as const).map((option) => {
    const bytes = bytesOf(writeWrapped(SMALL_IMAGE, option));
    const libxl = Buffer.from(bytes).indexOf('LibxlFmt');
    const raw = bytesOf(writeRaw(SMALL_IMAGE, option));
    const inner = shapeOf(raw, libxl + 24);
    const numbers = [...words(32, 52, 4), ...words(libxl + 8, libxl + 24, 4), ...inner.numbers];
    // Digits, commas and brackets of the JSON are worth as much as numbers.
    const json = words(52, libxl, 1);
    return { bytes, numbers: [...numbers, ...json], parts: [0, 52, libxl, ...inner.parts] };
  });
}
