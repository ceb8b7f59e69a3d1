import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflatePage, inflatePage } from '../../../src/migration/deflate.ts';
import {
  cachedPage,
  cachePage,
  forgetPage,
  newPageCache,
} from '../../../src/migration/page-cache.ts';
import { applyDelta, encodeDelta } from '../../../src/migration/xbzrle.ts';

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

const page = (middle: string): Uint8Array => {
  const bytes = new Uint8Array(4096);
  bytes.set(fromHex(middle), 1001);
  return bytes;
};

/** docs/migration of QEMU: 1001 zeros, 21 bytes, 3074 zeros. */
const BEFORE = page('05060708090a0b0c0d0e0f1011121368' + '00006b006d');
const NOW = page('0102030405060708090a0b0c0d0e0f68' + '0000670069');
const PUBLISHED = fromHex('e9070f0102030405060708090a0b0c0d0e0f03016701' + '0169');

describe('XBZRLE', () => {
  it('gives the published 24 bytes for the published pages, and takes them back', () => {
    expect(PUBLISHED).toHaveLength(24);
    expect(encodeDelta(BEFORE, NOW, 4096)).toEqual(new Uint8Array(PUBLISHED));
    const copy = BEFORE.slice();
    expect(applyDelta(PUBLISHED, copy)).toBeUndefined();
    expect(copy).toEqual(NOW);
  });

  it('is empty for a page that has not changed, and nothing for one that has changed too much', () => {
    expect(encodeDelta(NOW, NOW, 4032)).toEqual(new Uint8Array(0));
    const other = NOW.map((byte, i) => byte ^ ((i % 255) + 1));
    expect(encodeDelta(NOW, other, 4032)).toBeUndefined();
  });

  it('brings any page back from any other', () => {
    const changes = fc.array(fc.tuple(fc.nat(4095), fc.nat(255)), { maxLength: 60 });
    fc.assert(
      fc.property(changes, changes, (first, second) => {
        const before = new Uint8Array(4096);
        for (const [at, byte] of first) before[at] = byte;
        const now = before.slice();
        for (const [at, byte] of second) now[at] = byte;
        const delta = encodeDelta(before, now, 4032);
        expect(delta && applyDelta(delta, before)).toBeUndefined();
        expect(before).toEqual(now);
      }),
      { numRuns: 300 },
    );
  });

  it('never writes outside a page, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const copy = new Uint8Array(4096);
        const trouble = applyDelta(bytes, copy);
        expect(trouble === undefined || trouble.length > 0).toBe(true);
        expect(copy).toHaveLength(4096);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['05', 'a length is cut short or has over two bytes'],
    ['80808001', 'a length is cut short or has over two bytes'],
    ['0500', 'a run of changed bytes is empty'],
    ['000141000142', 'two runs of changed bytes touch'],
    ['ff1f0241', 'it goes beyond the page'],
    ['000541', 'bytes are missing'],
  ])('refuses %s: %s', (hex, why) => {
    expect(applyDelta(fromHex(hex), new Uint8Array(4096))).toBe(why);
  });
});

describe('the cache of pages', () => {
  it('gives back what was put in, and not another page of the same place', () => {
    const cache = newPageCache(4);
    expect(cachePage(cache, 5, NOW, 2)).toBe(true);
    expect(cachedPage(cache, 5)).toEqual(NOW);
    expect(cachedPage(cache, 1)).toBeUndefined();
    forgetPage(cache, 1);
    expect(cachedPage(cache, 5)).toEqual(NOW);
    forgetPage(cache, 5);
    expect(cachedPage(cache, 5)).toBeUndefined();
  });

  it('keeps a page for two rounds against others', () => {
    const cache = newPageCache(4);
    cachePage(cache, 5, NOW, 2);
    expect(cachePage(cache, 9, BEFORE, 3)).toBe(false);
    expect(cachePage(cache, 9, BEFORE, 4)).toBe(true);
    expect(cachedPage(cache, 5)).toBeUndefined();
  });
});

describe('deflate', () => {
  it('takes a page there and back', () => {
    const packed = deflatePage(NOW, 4032);
    expect(packed?.length).toBeLessThan(100);
    expect(packed && inflatePage(packed)).toEqual(NOW);
  });

  it('gives nothing for what does not shrink', () => {
    const noise = new Uint8Array(4096);
    for (let i = 0, x = 1; i < 4096; i++) {
      x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
      noise[i] = x >>> 16;
    }
    expect(deflatePage(noise, 4032)).toBeUndefined();
  });

  it('never gives anything but a page', () => {
    expect(inflatePage(fromHex('00'))).toBeUndefined();
    expect(
      inflatePage(deflatePage(new Uint8Array(4095), 4032) ?? new Uint8Array(0)),
    ).toBeUndefined();
    expect(
      inflatePage(deflatePage(new Uint8Array(200_000), 4032) ?? new Uint8Array(0)),
    ).toBeUndefined();
  });
});
