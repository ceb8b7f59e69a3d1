import { describe, expect, it } from 'vitest';
import { violationsInEveryTheme } from '../support/axe.ts';
import { mainButton, ready, runToEnd, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();
describe('in every theme', () => {
  it.each([
    { width: 1366, height: 768 },
    { width: 320, height: 640 },
  ])('axe finds nothing at $width × $height, from the start to the end', async (viewport) => {
    const { page } = await open('', { viewport });
    await ready(page);
    expect(await violationsInEveryTheme(page)).toEqual([]);
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    await mainButton(page).click();
    expect(await violationsInEveryTheme(page)).toEqual([]);
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await violationsInEveryTheme(page)).toEqual([]);
    await page.getByRole('button', { name: 'Keys and help' }).click();
    expect(await violationsInEveryTheme(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await runToEnd(page);
    expect(await violationsInEveryTheme(page)).toEqual([]);
  });
});

describe('with the keyboard alone', () => {
  it('everything is reached, in the order of the page, without a trap [A2]', async () => {
    const { page } = await open();
    await ready(page);
    const met: string[] = [];
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        const { activeElement: at } = document;
        if (!at || at === document.body) return 'end';
        const label =
          at.getAttribute('aria-label') ??
          (at as HTMLInputElement).labels?.[0]?.textContent ??
          at.textContent;
        return (label ?? '').trim();
      });
      if (name === 'end') break;
      met.push(name);
    }
    const order = [
      'Skip to playback',
      'Theme',
      'From',
      'Working set',
      'Seed',
      'Reset',
      'Migrate',
      'Speed',
    ];
    const places = order.map((name) => met.findIndex((found) => found.startsWith(name)));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(met.length).toBeLessThan(80);
  });

  it('a whole migration is made and repeated', async () => {
    const { page, troubles } = await open();
    await ready(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main-button');
    await page.keyboard.press('Space');
    await says(page, 'Round 1 sends every page once');
    await page.keyboard.press('Shift+ArrowRight');
    await says(page, 'Round 2 sends');
    expect(await mainButton(page).innerText()).toBe('Play');
    await page.keyboard.press('ArrowRight');
    await runToEnd(page);
    await page.keyboard.press('Alt+KeyR');
    await ready(page);
    expect(troubles).toEqual([]);
  });

  it('single keys can be switched off, those with Alt stay [A4]', async () => {
    const { page } = await open();
    await ready(page);
    await page.getByRole('button', { name: 'Keys and help' }).click();
    await page.getByLabel('Single keys do something').uncheck();
    await page.keyboard.press('Escape');
    await page.locator('h1').click();
    await page.keyboard.press('Space');
    await page.waitForTimeout(300);
    expect(await mainButton(page).innerText()).toBe('Migrate');
    await page.keyboard.press('Alt+KeyK');
    await says(page, 'Round 1 sends every page once');
  });

  it('the spoken messages are few, and tell the run in its order [A14]', async () => {
    const { page } = await open();
    await ready(page);
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const live = document.getElementById('live');
      if (live)
        new MutationObserver(() => said.push(live.textContent ?? '')).observe(live, {
          childList: true,
          characterData: true,
          subtree: true,
        });
    });
    await mainButton(page).focus();
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Shift+ArrowRight');
      await page.waitForTimeout(120);
    }
    await runToEnd(page);
    await page.waitForFunction(
      () => document.getElementById('live')?.textContent?.includes('compared') === true,
    );
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said.length).toBeLessThanOrEqual(12);
    const all = said.join(' ');
    const parts = [
      'Round 1 begins',
      'Round 2 begins',
      'downtime begins',
      'downtime ends',
      'memory, CPU and devices equal',
    ];
    const places = parts.map((part) => all.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

describe('the layout', () => {
  it('fits a small laptop without scrolling', async () => {
    for (const viewport of [
      { width: 1366, height: 768 },
      { width: 1024, height: 768 },
      { width: 1280, height: 720 },
    ]) {
      const { page } = await open('', { viewport });
      await ready(page);
      const page_ = await page.evaluate(() => ({
        height: document.documentElement.scrollHeight,
        width: document.documentElement.scrollWidth,
      }));
      expect(page_).toEqual(viewport);
    }
  });

  it('reflows on a phone without sideways scrolling [A10]', async () => {
    for (const width of [390, 320]) {
      const { page } = await open('', { viewport: { width, height: 844 } });
      await ready(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });

  it('does not move or cover anything in its places while a migration runs', async () => {
    const { page } = await open();
    await ready(page);
    const places = () =>
      page.evaluate(() =>
        [
          '.stage',
          '.legend',
          '.rounds',
          '.figures',
          '.controls',
          '.transport',
          '.switch',
          '.client',
        ].map((name) => {
          const { x, y, width, height } =
            document.querySelector(name)?.getBoundingClientRect() ?? new DOMRect();
          return `${name} ${x} ${y} ${width} ${height}`;
        }),
      );
    const before = await places();
    await mainButton(page).click();
    await says(page, 'Round 2 sends');
    expect(await places()).toEqual(before);
    await runToEnd(page);
    expect(await places()).toEqual(before);
  });

  it('asks for no motion where none is wanted [A6]', async () => {
    const { page } = await open('', { reducedMotion: 'reduce' });
    await ready(page);
    const stage = page.locator('.stage');
    const isStillFor = async (milliseconds: number) => {
      const before = await stage.screenshot();
      await page.waitForTimeout(milliseconds);
      return (await stage.screenshot()).equals(before);
    };
    // The picture comes once, when its renderer has been loaded; after that nothing may move.
    await expect.poll(() => isStillFor(400), { timeout: 20_000 }).toBe(true);
    expect(await isStillFor(700)).toBe(true);
  });
});
