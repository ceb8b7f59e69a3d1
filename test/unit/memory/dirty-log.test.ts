import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DirtyLog } from '../../../src/memory/dirty-log.ts';
import { PageSet } from '../../../src/memory/page-set.ts';

const PAGES = 5000;
const writes = fc.array(fc.nat(PAGES - 1), { maxLength: 400 });

describe('the dirty log', () => {
  it('gives each written page once, ascending, and is clean afterwards', () => {
    fc.assert(
      fc.property(writes, writes, (first, second) => {
        const log = new DirtyLog(PAGES);
        for (const batch of [first, second]) {
          for (const gfn of batch) log.mark(gfn);
          expect([...log.take()]).toEqual([...new Set(batch)].toSorted((a, b) => a - b));
          expect(log.count).toBe(0);
        }
      }),
    );
  });

  it('says which mark was the first', () => {
    const log = new DirtyLog(64);
    expect([log.mark(5), log.mark(5), log.mark(6)]).toEqual([true, false, true]);
  });

  it('can be looked at without being read', () => {
    const log = new DirtyLog(64);
    log.mark(63);
    expect([log.has(63), log.has(62)]).toEqual([true, false]);
    expect([...log.read()]).toEqual([63]);
    expect(log.count).toBe(1);
  });

  it('holds every page of a memory whose size is no power of two', () => {
    const log = new DirtyLog(1025);
    for (let gfn = 1024; gfn >= 0; gfn--) log.mark(gfn);
    expect([...log.take()]).toEqual(Array.from({ length: 1025 }, (_, gfn) => gfn));
  });

  it('refuses a page outside of memory', () => {
    expect(() => new DirtyLog(10).mark(10)).toThrow('outside');
  });
});

describe('a set of pages', () => {
  it('holds what was added and not taken away', () => {
    fc.assert(
      fc.property(writes, writes, (added, removed) => {
        const set = new PageSet(PAGES);
        const model = new Set(added);
        for (const gfn of added) set.add(gfn);
        for (const gfn of removed) expect(set.delete(gfn)).toBe(model.delete(gfn));
        expect(set.size).toBe(model.size);
        expect(set.toArray()).toEqual([...model].toSorted((a, b) => a - b));
      }),
    );
  });
});
