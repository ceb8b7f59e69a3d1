import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { ready } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const clock = (page: Page) => page.locator('.clock output').innerText();
const cue = (page: Page, text: string) => page.locator('.cue', { hasText: text }).waitFor();
/** A remote's key, pressed twice: the second goes to the cue at once. */
async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await page.keyboard.press(key);
}

describe('a lecture', () => {
  it('is given with a remote: cues, blank, and a reload that comes back to the very moment', async () => {
    const { page, troubles } = await open('#s=converges&theme=projector', {
      viewport: { width: 1024, height: 768 },
    });
    await ready(page);
    await page.getByRole('button', { name: 'Present' }).click();
    await cue(page, 'A running VM');
    await press(page, 'PageDown');
    await cue(page, 'Round 1 sent every page once');
    const first = await clock(page);
    await press(page, 'PageDown');
    await cue(page, 'Round 2 was shorter');
    await page.keyboard.press('PageUp');
    await cue(page, 'Round 1 sent every page once');
    expect(await clock(page)).toBe(first);
    await page.keyboard.press('.');
    await page.locator('.blank').waitFor();
    await page.keyboard.press('.');
    await page.locator('.blank').waitFor({ state: 'detached' });
    const legend = await page.locator('.legend').innerText();
    await page.reload();
    await cue(page, 'Round 1 sent every page once');
    expect(await clock(page)).toBe(first);
    expect(await page.locator('.legend').innerText()).toBe(legend);
    await page.keyboard.press('Escape');
    await page.locator('header.top').waitFor();
    expect(troubles).toEqual([]);
  });

  it('hears a remote from the moment its bar is there', async () => {
    const { page } = await open();
    await ready(page);
    await page.evaluate(() => {
      new MutationObserver((_, watch) => {
        if (!document.querySelector('.present-bar')) return;
        watch.disconnect();
        for (const key of ['PageDown', 'PageDown'])
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      }).observe(document.body, { childList: true, subtree: true });
    });
    await page.getByRole('button', { name: 'Present' }).click();
    await cue(page, 'Round 1 sent every page once');
  });

  it.each([
    [1024, 768],
    [1280, 720],
  ])('fits %i × %i with text of 20 px', async (width, height) => {
    const { page } = await open('#mode=present&t=400', { viewport: { width, height } });
    await page.locator('#headline', { hasText: 'Round 1' }).waitFor();
    await page.locator('.present-bar').waitFor();
    const seen = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      const box = (name: string) => document.querySelector(name)?.getBoundingClientRect();
      return {
        scrollWidth,
        scrollHeight,
        size: getComputedStyle(document.documentElement).fontSize,
        client: box('.client')?.bottom ?? Number.NaN,
        stage: box('.stage')?.bottom ?? Number.NaN,
        figures: box('.figures')?.bottom ?? Number.NaN,
        playback: box('.transport')?.top ?? Number.NaN,
        speed: box('.speed output')?.right ?? Number.NaN,
        texts: [...document.querySelectorAll('.timeline text')].map(
          (text) => getComputedStyle(text).fontSize,
        ),
      };
    });
    expect(seen).toMatchObject({ scrollWidth: width, scrollHeight: height, size: '20px' });
    expect(new Set(seen.texts)).toEqual(new Set(['20px']));
    expect(seen.client).toBeLessThanOrEqual(seen.stage);
    expect(seen.figures).toBeLessThanOrEqual(seen.playback);
    expect(seen.speed).toBeLessThanOrEqual(width);

    // What time does is said without taking the stage's room.
    await press(page, 'PageDown');
    const why = page.locator('.time-notice', { hasText: 'Stopped' });
    await why.waitFor({ state: 'attached' });
    expect(await page.locator('#headline').isVisible()).toBe(true);
    const below = await page.evaluate(() => {
      const bottom = (name: string) => document.querySelector(name)?.getBoundingClientRect().bottom;
      return (bottom('.client') ?? Number.NaN) - (bottom('.stage') ?? Number.NaN);
    });
    expect(below).toBeLessThanOrEqual(0);

    // A page under the glass stands where the rounds were; the stage keeps its place.
    await page.locator('#page-cursor').press('Enter');
    await page.getByRole('heading', { name: 'Page 0' }).waitFor();
    await page.locator('.page-table').waitFor();
    const inspected = await page.evaluate(() => {
      const box = (name: string) => document.querySelector(name)?.getBoundingClientRect();
      const { scrollWidth, scrollHeight } = document.documentElement;
      return {
        scrollWidth,
        scrollHeight,
        stage: box('.stage')?.width ?? 0,
        spare: (box('.stage')?.bottom ?? 0) - (box('.client')?.bottom ?? Number.NaN),
        gap: (box('.inspector')?.top ?? 0) - (box('.stage')?.bottom ?? Number.NaN),
      };
    });
    expect(inspected).toMatchObject({ scrollWidth: width, scrollHeight: height });
    expect(inspected.stage).toBeGreaterThan(width * 0.9);
    expect(inspected.spare).toBeGreaterThanOrEqual(0);
    expect(inspected.gap).toBeGreaterThanOrEqual(0);
  });

  it('has its notes in a second window, whose keys act in the first, and a code to open [A1]', async () => {
    const { page, troubles } = await open('#mode=present');
    await ready(page);
    const [notes] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Notes' }).click(),
    ]);
    await notes.getByRole('heading', { name: 'Before the migration' }).waitFor();
    await press(notes, 'PageDown');
    await notes.getByText('ask how many pages round 2 will send').waitFor();
    await cue(page, 'Round 1 sent every page once');
    await page.getByRole('button', { name: /QR/ }).click();
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});
