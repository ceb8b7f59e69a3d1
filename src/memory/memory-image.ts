/**
 * A copy of machine memory, page by page. Pages that did not change since an earlier copy are the
 * same objects there, so that many copies of a running host cost what was written between them.
 */
import { assert } from '../base/assert.ts';
import { PAGE_SIZE } from '../base/units.ts';
import type { MachineMemory } from './machine-memory.ts';

const WORDS = PAGE_SIZE / 4;
const ZERO_PAGE = new Int32Array(WORDS);

/** 1,024 words for each machine frame, in order; never written to. */
export type MemoryImage = readonly Int32Array<ArrayBuffer>[];

export function captureMemory(memory: MachineMemory, previous?: MemoryImage): MemoryImage {
  const { words32, frames } = memory;
  return Array.from({ length: frames }, (_, frame) => {
    const start = frame * WORDS;
    const known = previous === undefined ? ZERO_PAGE : previous[frame];
    if (equalAt(words32, start, known)) return known;
    if (equalAt(words32, start, ZERO_PAGE)) return ZERO_PAGE;
    return words32.slice(start, start + WORDS);
  });
}

export function restoreMemory(memory: MachineMemory, image: MemoryImage): void {
  assert(image.length === memory.frames, 'an image fits the memory it came from');
  image.forEach((page, frame) => {
    memory.words32.set(page, frame * WORDS);
  });
}

/** Bytes that `image` holds and `previous` does not. */
export function bytesHeld(image: MemoryImage, previous?: MemoryImage): number {
  let pages = 0;
  image.forEach((page, frame) => {
    if (page !== ZERO_PAGE && page !== previous?.[frame]) pages++;
  });
  return pages * PAGE_SIZE;
}

function equalAt(words: Int32Array, start: number, page: Int32Array): boolean {
  for (let i = 0; i < WORDS; i++) if (words[start + i] !== page[i]) return false;
  return true;
}
