import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { mainButton, ready } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const picture = (page: Page) => page.locator('.stage').screenshot();

async function isStillFor(page: Page, milliseconds: number): Promise<boolean> {
  const before = await picture(page);
  await page.waitForTimeout(milliseconds);
  return (await picture(page)).equals(before);
}

/** The colours of the drawing's own pixels, as `#rrggbb`, each once. */
const colours = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const drawing = document.querySelector<HTMLCanvasElement>('.drawing');
    if (!drawing) throw new Error('no drawing');
    const copy = document.createElement('canvas');
    Object.assign(copy, { width: drawing.width, height: drawing.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no canvas');
    drawing.dispatchEvent(new Event('vm-ferry.repaint'));
    context.drawImage(drawing, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    const counts = new Map<string, number>();
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] !== 255) continue;
      const hex = [data[i], data[i + 1], data[i + 2]].map((c) =>
        (c ?? 0).toString(16).padStart(2, '0'),
      );
      counts.set(`#${hex.join('')}`, (counts.get(`#${hex.join('')}`) ?? 0) + 1);
    }
    // Edges of rings and wires are mixed from two colours.
    return [...counts].filter(([, n]) => n > 200).map(([colour]) => colour);
  });

describe('unasked', () => {
  it('nothing moves: the page that has been loaded stands still [A5]', async () => {
    const { page } = await open();
    await ready(page);
    // The picture comes once, when its renderer has been loaded.
    await expect.poll(() => isStillFor(page, 300), { timeout: 20_000 }).toBe(true);
    expect(await isStillFor(page, 1000)).toBe(true);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });
});

interface Flashes {
  readonly frames: number;
  readonly seconds: number;
  /** Of the block that changed most often: opposing swings of a tenth of full luminance or more. */
  readonly most: number;
}

/** Watches blocks half as wide and high as the 341 × 256 pixels that WCAG 2.2 measures flashes in. */
const watchFlashes = (page: Page, frames: number): Promise<Flashes> =>
  page.evaluate(
    (wanted) =>
      new Promise<Flashes>((resolve) => {
        const drawing = document.querySelector<HTMLCanvasElement>('.drawing');
        const [columns, rows] = [
          Math.ceil((drawing?.width ?? 0) / 170),
          Math.ceil((drawing?.height ?? 0) / 128),
        ];
        const small = document.createElement('canvas');
        Object.assign(small, { width: columns, height: rows });
        const context = small.getContext('2d', { willReadFrequently: true });
        if (!drawing || !context) throw new Error('no drawing');
        context.imageSmoothingQuality = 'high';
        context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
        const linear = (c: number) =>
          c <= 10.3 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
        // From the last turning point: its luminance, and the direction since then.
        const blocks = Array.from({ length: columns * rows }, () => ({
          low: 1,
          high: 0,
          up: 0,
          swings: 0,
        }));
        let seen = 0;
        const began = performance.now();
        const look = () => {
          context.fillRect(0, 0, columns, rows);
          context.drawImage(drawing, 0, 0, columns, rows);
          const { data } = context.getImageData(0, 0, columns, rows);
          blocks.forEach((block, i) => {
            const [r, g, b] = [data[4 * i], data[4 * i + 1], data[4 * i + 2]].map((c) =>
              linear(c ?? 0),
            );
            const light = 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
            block.low = Math.min(block.low, light);
            block.high = Math.max(block.high, light);
            if (light - block.low >= 0.1 && block.up <= 0)
              Object.assign(block, { up: 1, high: light, swings: block.swings + 1 });
            else if (block.high - light >= 0.1 && block.up >= 0)
              Object.assign(block, { up: -1, low: light, swings: block.swings + 1 });
          });
          seen += 1;
          if (seen < wanted) requestAnimationFrame(look);
          else
            resolve({
              frames: seen,
              seconds: (performance.now() - began) / 1000,
              most: Math.max(...blocks.map(({ swings }) => swings)),
            });
        };
        requestAnimationFrame(look);
      }),
    frames,
  );

describe('at the highest speed that is drawn', () => {
  it('no part of the picture flashes more than three times a second [A7]', async () => {
    const { page, troubles } = await open('#s=hot-set&hot=90&wr=100000&theme=projector');
    await ready(page);
    await page.locator('#speed').evaluate((slider: HTMLInputElement) => {
      slider.value = String(Number(slider.max) - 1);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    });
    expect(await page.locator('.speed output').innerText()).toBe('max');
    await mainButton(page).click();
    const { frames, seconds, most } = await watchFlashes(page, 120);
    expect(frames).toBe(120);
    // Two opposing swings are one flash.
    expect(most / 2 / seconds).toBeLessThanOrEqual(3);
    expect(troubles).toEqual([]);
  });
});

describe('the wishes of the system', () => {
  it('are followed: more contrast, dark or light, until a theme is chosen [A18]', async () => {
    const { page } = await open();
    await ready(page);
    const theme = () => page.locator('html').getAttribute('data-theme');
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(theme).toBe(colorScheme);
    }
    await page.emulateMedia({ contrast: 'more' });
    await expect.poll(theme).toBe('projector');
    await page.getByLabel('Theme').selectOption('dark');
    await expect.poll(theme).toBe('dark');
  });

  it('for colours of its own are followed by the drawing too [A17]', async () => {
    const { page } = await open('', { forcedColors: 'active', colorScheme: 'dark' });
    await ready(page);
    await expect.poll(async () => (await colours(page)).length).toBeGreaterThan(0);
    const system = await page.evaluate(() => {
      const probe = document.createElement('span');
      document.body.append(probe);
      return ['Canvas', 'CanvasText', 'Highlight', 'GrayText'].map((name) => {
        probe.style.color = name;
        const parts = getComputedStyle(probe).color.match(/\d+/g) ?? [];
        return `#${parts
          .slice(0, 3)
          .map((c) => Number(c).toString(16).padStart(2, '0'))
          .join('')}`;
      });
    });
    expect((await colours(page)).filter((colour) => !isMixed(colour, system))).toEqual([]);
  });
});

const channels = (colour: string) =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** Whether a colour is one of `base`, or lies between two of them, as an outline over a fill does. */
function isMixed(colour: string, base: readonly string[]): boolean {
  const c = channels(colour);
  return base.some((one) =>
    base.some((other) => {
      const [a, b] = [channels(one), channels(other)];
      const widest = a.reduce(
        (best, x, i) => (Math.abs(b[i] - x) > Math.abs(b[best] - a[best]) ? i : best),
        0,
      );
      const share = a[widest] === b[widest] ? 0 : (c[widest] - a[widest]) / (b[widest] - a[widest]);
      return (
        share >= 0 &&
        share <= 1 &&
        c.every((x, i) => Math.abs(a[i] + share * (b[i] - a[i]) - x) <= 2)
      );
    }),
  );
}
