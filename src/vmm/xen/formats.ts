/**
 * The Xen-like host's two state file formats: the raw libxc stream, which a real Xen and its tools
 * read and which has no place for some of the toy PC's state, and xl's save file around it, which
 * holds all of it.
 */
import { DecodeError } from '../../base/bytes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { ImageFile } from '../../image/codec.ts';
import type { CommonRam } from '../../image/model.ts';
import type { FormatError, LoadedFile, StateFormat } from '../format.ts';
import { LIBXC_FIELDS, XEN_FIELDS } from './field-table.ts';
import { IMAGE_ID, joined } from './libxc-stream/framing.ts';
import { allPages } from './libxc-stream/page-data.ts';
import { readStream } from './libxc-stream/read-stream.ts';
import { imageToNative, nativeToImage } from './libxc-stream/translate.ts';
import { type StreamOptions, writeStream } from './libxc-stream/write-stream.ts';
import { writeConfig } from './libxc-stream/xl-config.ts';
import { readXl, writeXl, XL_MAGIC } from './libxc-stream/xl-file.ts';

/** A raw stream says nothing about who the guest is. */
const NAMELESS = { id: 'domain', name: 'domain' } as const;

const idOf = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, false);

const pagesOf =
  ({ state, pages }: ImageFile) =>
  () =>
    allPages(state.memory, pages);

export function writeRaw(image: ImageFile, options?: StreamOptions) {
  const native = imageToNative(LIBXC_FIELDS, image);
  if (!native.ok) return native;
  const { state, notes } = native.value;
  return ok({ bytes: joined(writeStream(state, pagesOf(image), options)), notes });
}

export function writeWrapped(image: ImageFile, options?: StreamOptions) {
  const native = imageToNative(XEN_FIELDS, image);
  if (!native.ok) return native;
  const { state, notes } = native.value;
  const { identity, memory } = image.state;
  const config = writeConfig({ about: { identity, memory }, state });
  return ok({ bytes: joined(writeXl(config, writeStream(state, pagesOf(image), options))), notes });
}

function readRaw(bytes: Uint8Array): Result<LoadedFile, FormatError> {
  const domain = readStream(bytes);
  if (domain.bytes < bytes.length) {
    const rest = bytes.length - domain.bytes;
    throw new DecodeError('after-end', domain.bytes, `${rest} bytes follow the END record`);
  }
  const { state, memory, pages, parts, notes } = domain;
  const common = nativeToImage(LIBXC_FIELDS, state, { identity: NAMELESS, memory });
  if (!common.ok) return common;
  const assumed = LIBXC_FIELDS.filter((row) => row.rule === 'absent').map(({ name }) => name);
  const absence = `not in the stream, and as their defaults: ${assumed.join(', ')}`;
  const image = { state: common.value.state, pages };
  return ok({ image, parts, notes: [...notes, ...common.value.notes, absence] });
}

function readWrapped(bytes: Uint8Array): Result<LoadedFile, FormatError> {
  const { config, domain, parts, notes } = readXl(bytes);
  const declared = JSON.stringify(merged(config.about.memory));
  if (JSON.stringify(domain.memory) !== declared) {
    const message = `RAM is ${declared} by the configuration, but the stream has other pages`;
    return err({ code: 'invalid', message });
  }
  const native = new Map([...domain.state, ...config.state]);
  const common = nativeToImage(XEN_FIELDS, native, config.about);
  if (!common.ok) return common;
  const image = { state: common.value.state, pages: domain.pages };
  return ok({ image, parts, notes: [...notes, ...common.value.notes] });
}

/** Neighbouring stretches as one, which is how a stream shows them. */
function merged(memory: readonly CommonRam[]): CommonRam[] {
  const stretches: CommonRam[] = [];
  for (const ram of memory) {
    const last = stretches.at(-1);
    const isNext = last !== undefined && last.firstGfn + last.pages === ram.firstGfn;
    if (isNext) stretches[stretches.length - 1] = { ...last, pages: last.pages + ram.pages };
    else stretches.push(ram);
  }
  return stretches;
}

/** What a reader throws about its input is an answer. */
function guarded(
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => Result<LoadedFile, FormatError>,
): Result<LoadedFile, FormatError> {
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return err({ code: error.code, offset: error.offset, message: error.message });
  }
}

export const LIBXC_FORMAT: StateFormat = {
  id: 'xen',
  title: 'Xen domain image (libxc stream, version 3)',
  detect: (bytes) => bytes.length >= 12 && idOf(bytes) === IMAGE_ID,
  write: (image) => writeRaw(image),
  read: (bytes) => guarded(bytes, readRaw),
};

export const XL_FORMAT: StateFormat = {
  id: 'xl',
  title: 'Xen save file (xl format)',
  detect: (bytes) => XL_MAGIC.every((byte, i) => bytes[i] === byte),
  write: (image) => writeWrapped(image),
  read: (bytes) => guarded(bytes, readWrapped),
};
