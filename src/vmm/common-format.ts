/** `.vmcf` as a state file format: the common model as it is (image/FORMAT.md). */
import { ok } from '../base/result.ts';
import { decodeImageFile, encodeImageFile, type ImageFile } from '../image/codec.ts';
import { MAGIC } from '../image/framing.ts';
import type { FilePart, StateFormat } from './format.ts';

function partsOf({ state, pages }: ImageFile, bytes: number): FilePart[] {
  const count = pages.reduce((sum, run) => sum + run.count, 0);
  const detail = `${state.devices.length} devices, ${count} pages in ${pages.length} runs`;
  return [{ offset: 0, bytes, name: '.vmcf', detail }];
}

export const COMMON_FORMAT: StateFormat = {
  id: 'common',
  title: 'common VM format (.vmcf)',
  detect: (bytes) => MAGIC.every((byte, i) => bytes[i] === byte),
  write: (image) => ok({ bytes: encodeImageFile(image), notes: [] }),
  read(bytes) {
    const file = decodeImageFile(bytes);
    if (!file.ok) return file;
    return ok({ image: file.value, parts: partsOf(file.value, bytes.length), notes: [] });
  },
};
