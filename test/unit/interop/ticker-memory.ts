/** What the ticker guest promises of its memory, read directly. */
import type { ImageFile } from '../../../src/image/codec.ts';

const PAGE = 4096;
/** Above the guest's own image. */
const FIRST_PAGE = 0x110;

/** First bytes of the pages: all equal, or one step of one on the way. */
export function tickerHolds(memory: Uint8Array): boolean {
  const marks: number[] = [];
  for (let page = FIRST_PAGE; page < memory.length / PAGE; page++) marks.push(memory[page * PAGE]);
  const steps = marks.slice(1).map((mark, i) => (marks[i] - mark) & 0xff);
  const uneven = steps.filter((step) => step !== 0);
  return uneven.length === 0 || (uneven.length === 1 && uneven[0] === 1);
}

export function memoryOfImage({ state, pages }: ImageFile): Uint8Array {
  const memory = new Uint8Array(state.memory[0].pages * PAGE);
  for (const { firstGfn, data } of pages) if (data) memory.set(data, firstGfn * PAGE);
  return memory;
}
