/** A set of guest frames as plain data: a bitmap and how many bits are set in it. */
import { assert } from '../base/assert.ts';

export interface PageSet {
  readonly pages: number;
  readonly words: Uint32Array<ArrayBuffer>;
  count: number;
}

export function noPages(pages: number): PageSet {
  return { pages, words: new Uint32Array(Math.ceil(pages / 32)), count: 0 };
}

export function allPages(pages: number): PageSet {
  const set = noPages(pages);
  set.words.fill(0xffff_ffff);
  const rest = pages % 32;
  if (rest !== 0) set.words[set.words.length - 1] = 2 ** rest - 1;
  set.count = pages;
  return set;
}

export function hasPage(set: PageSet, gfn: number): boolean {
  return gfn < set.pages && ((set.words[gfn >>> 5] >>> (gfn & 31)) & 1) === 1;
}

/** True when the frame was not in the set before. */
export function addPage(set: PageSet, gfn: number): boolean {
  assert(gfn < set.pages, `frame ${gfn} is beyond the VM's ${set.pages}`);
  if (hasPage(set, gfn)) return false;
  set.words[gfn >>> 5] |= 1 << (gfn & 31);
  set.count += 1;
  return true;
}

/** True when the frame was in the set before. */
export function removePage(set: PageSet, gfn: number): boolean {
  if (!hasPage(set, gfn)) return false;
  set.words[gfn >>> 5] &= ~(1 << (gfn & 31));
  set.count -= 1;
  return true;
}

/** First frame of the set at or after `from`. */
export function nextPage(set: PageSet, from: number): number | undefined {
  let index = from >>> 5;
  if (from >= set.pages) return undefined;
  let word = set.words[index] & (-1 << (from & 31));
  while (word === 0) {
    index += 1;
    if (index === set.words.length) return undefined;
    word = set.words[index];
  }
  return index * 32 + (31 - Math.clz32(word & -word));
}

/** Last frame of the set at or before `from`; none when that is negative. */
export function previousPage(set: PageSet, from: number): number | undefined {
  if (from < 0) return undefined;
  let index = Math.min(from, set.pages - 1) >>> 5;
  const shift = 31 - (Math.min(from, set.pages - 1) & 31);
  let word = set.words[index] & (0xffff_ffff >>> shift);
  while (word === 0) {
    if (index === 0) return undefined;
    index -= 1;
    word = set.words[index];
  }
  return index * 32 + (31 - Math.clz32(word));
}

/** The set as runs of contiguous frames, ascending. */
export function pageRuns(set: PageSet): { gfn: number; count: number }[] {
  const runs: { gfn: number; count: number }[] = [];
  let last: { gfn: number; count: number } | undefined;
  for (let gfn = nextPage(set, 0); gfn !== undefined; gfn = nextPage(set, gfn + 1)) {
    if (last !== undefined && last.gfn + last.count === gfn) {
      last.count += 1;
    } else {
      last = { gfn, count: 1 };
      runs.push(last);
    }
  }
  return runs;
}

export function pageFrames(set: PageSet): Uint32Array<ArrayBuffer> {
  const frames = new Uint32Array(set.count);
  let i = 0;
  for (let gfn = nextPage(set, 0); gfn !== undefined; gfn = nextPage(set, gfn + 1))
    frames[i++] = gfn;
  return frames;
}
