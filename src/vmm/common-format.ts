/** `.vmcf` as a state file format: the common model as it is (image/FORMAT.md). */
import { ok } from '../base/result.ts';
import { decodeImageFile, encodeImageFile, type ImageFile, imageParts } from '../image/codec.ts';
import { MAGIC } from '../image/framing.ts';
import type { FilePart, StateFormat } from './format.ts';

function partsOf({ pages }: ImageFile, bytes: Uint8Array): FilePart[] {
  let run = 0;
  return imageParts(bytes).map((part) => {
    const { firstGfn, count } = (part.name === 'pages' ? pages[run++] : undefined) ?? {};
    const detail = firstGfn === undefined ? '' : `${count} pages from frame ${firstGfn}`;
    return { ...part, detail };
  });
}

export const COMMON_FORMAT: StateFormat = {
  id: 'common',
  title: 'common VM format (.vmcf)',
  detect: (bytes) => MAGIC.every((byte, i) => bytes[i] === byte),
  write: (image) => ok({ bytes: encodeImageFile(image), notes: [] }),
  read(bytes) {
    const file = decodeImageFile(bytes);
    if (!file.ok) return file;
    return ok({ image: file.value, parts: partsOf(file.value, bytes), notes: [] });
  },
};
