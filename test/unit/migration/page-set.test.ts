import { describe, expect, it } from 'vitest';
import {
  addPage,
  allPages,
  hasPage,
  nextPage,
  noPages,
  pageFrames,
  pageRuns,
  removePage,
} from '../../../src/migration/page-set.ts';

describe('a set of pages', () => {
  it('of all pages holds each once and none beyond', () => {
    for (const pages of [1, 31, 32, 33, 100]) {
      const set = allPages(pages);
      expect([...pageFrames(set)]).toEqual([...Array(pages).keys()]);
      expect(hasPage(set, pages)).toBe(false);
      expect(nextPage(set, pages)).toBeUndefined();
    }
  });

  it('counts what is added and removed, once', () => {
    const set = noPages(70);
    expect(addPage(set, 63)).toBe(true);
    expect(addPage(set, 63)).toBe(false);
    expect(addPage(set, 31)).toBe(true);
    expect(set.count).toBe(2);
    expect(removePage(set, 31)).toBe(true);
    expect(removePage(set, 31)).toBe(false);
    expect(set.count).toBe(1);
  });

  it('finds the next page across words, the top bit of a word included', () => {
    const set = noPages(200);
    for (const gfn of [31, 32, 64, 199]) addPage(set, gfn);
    expect([0, 31, 32, 33, 65, 199].map((from) => nextPage(set, from))).toEqual([
      31, 31, 32, 64, 199, 199,
    ]);
  });

  it('falls into runs of neighbours', () => {
    const set = noPages(100);
    for (const gfn of [0, 1, 2, 30, 31, 32, 33, 99]) addPage(set, gfn);
    expect(pageRuns(set)).toEqual([
      { gfn: 0, count: 3 },
      { gfn: 30, count: 4 },
      { gfn: 99, count: 1 },
    ]);
    expect(pageRuns(noPages(5))).toEqual([]);
  });
});
