import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import { THEME_NAMES, violations, violationsInEveryTheme, wish } from '../support/axe.ts';
import { lanesReady, mainButton, ready, runToEnd, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';
import { spoiltTexts } from '../support/spoilt-texts.ts';

const open = useBrowser();
/** On a narrow page, whose colours are the wide one's, the themes take turns: one for each state. */
function violationsInOneTheme(): (page: Page) => Promise<string[]> {
  let turn = 0;
  return async (page) => {
    await wish(page, exists(THEME_NAMES[turn++ % THEME_NAMES.length], 'a theme'));
    return violations(page);
  };
}

/** States of the run by its own keys, then each dialog and every other view, all in one page. */
describe('in every theme', () => {
  it.each([
    { width: 1366, height: 768, looks: violationsInEveryTheme },
    { width: 320, height: 640, looks: violationsInOneTheme() },
  ])(
    'axe finds nothing at $width × $height, in any state or view [A1]',
    async ({ looks, ...viewport }) => {
      const { page, troubles } = await open('', { viewport });
      const found: string[] = [];
      const look = async (state: string) => {
        found.push(...(await looks(page)).map((one) => `${state}, ${one}`));
      };
      await ready(page);
      await look('at the start');
      // So slow that it is still in round 1 when axe has looked, on however busy a machine.
      for (let i = 0; i < 5; i++) await page.keyboard.press('-');
      await mainButton(page).click();
      await says(page, 'Round 1 sends every page once');
      await look('playing');
      await page.keyboard.press('Shift+ArrowRight');
      await says(page, 'Round 2 sends');
      for (const summary of await page.locator('.details > details > summary').all())
        await summary.click();
      await look('paused in round 2, all open');
      for (const summary of await page.locator('.details > details > summary').all())
        await summary.click();
      await page.getByLabel('Stop', { exact: true }).selectOption('paused');
      await mainButton(page).press('End');
      await says(page, 'The VM is paused');
      await look('downtime');
      await page.getByRole('button', { name: 'Keys and help' }).click();
      await look('help');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByRole('dialog', { name: 'Share' }).waitFor();
      await look('share');
      await page.keyboard.press('Escape');
      await page.getByLabel('Stop', { exact: true }).selectOption('never');
      await runToEnd(page);
      await look('finished');
      await page.keyboard.press('l');
      await page.locator('.lesson-list').waitFor();
      await look('lessons');
      await page.keyboard.press('c');
      await lanesReady(page, 2);
      await look('comparison');
      await page.keyboard.press('c');
      await page.keyboard.press('p');
      await page.locator('.present-bar').waitFor();
      await look('lecture');
      await page.keyboard.press('Escape');
      await page.evaluate(() => {
        location.hash = '#s=converges&mode=embed';
      });
      await page.getByRole('link', { name: 'Open the full version' }).waitFor();
      await look('embedded');
      expect(found).toEqual([]);
      expect(troubles).toEqual([]);
    },
  );
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
      'Page cursor',
      'Zoom out',
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
    // The whole run, as long as it really lasts.
    const speed = page.getByRole('slider', { name: 'Speed' });
    for (const key of ['End', 'ArrowLeft', 'ArrowLeft']) await speed.press(key);
    expect(await speed.getAttribute('aria-valuetext')).toBe('real time');
    await mainButton(page).click();
    await page.waitForFunction(
      () => document.getElementById('live')?.textContent?.includes('compared') === true,
    );
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said.length).toBeLessThanOrEqual(12);
    // On a quick machine rounds come faster than they can be told: the newest news are.
    const all = said.join(' ');
    const parts = [
      'The migration begins.',
      'downtime begins',
      'downtime ends',
      'memory, CPU and devices equal',
    ];
    const places = parts.map((part) => all.indexOf(part));
    expect(places).not.toContain(-1);
    const rounds = [...all.matchAll(/Round (\d+) begins/g)].map(([, round]) => Number(round));
    expect(rounds.length).toBeGreaterThan(0);
    expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

const heightOf = (page: Page, part: string) =>
  page.locator(part).evaluate((element) => element.clientHeight);

/** How far the end of `part` lies above the end of what holds it, in CSS pixels. */
const spareBelow = (page: Page, part: string, other: string) =>
  page.evaluate(
    ([a, b]) => {
      const bottom = (name: string) =>
        document.querySelector(name)?.getBoundingClientRect().bottom ?? Number.NaN;
      return bottom(b) - bottom(a);
    },
    [part, other] as const,
  );

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

  it.each(['full', 'present', 'embed'])(
    'reflows at every width, with no sideways scrolling and nothing over another in playback [A10]: %s',
    async (mode) => {
      const { page } = await open(`#mode=${mode}`);
      await ready(page);
      const widths = [1920, 1600, 1536, 1366, 1280, 1100, 1024, 960, 900, 850, 768, 600, 390, 320];
      for (const width of widths) {
        await page.setViewportSize({ width, height: 768 });
        const spoilt = await page.evaluate(() => {
          const parts = [...document.querySelectorAll('.transport > *, .transport input')]
            .filter((part) => part.checkVisibility())
            .map((part) => ({ part, box: part.getBoundingClientRect() }));
          const overlaps = parts.flatMap(({ part, box }, i) =>
            parts
              .slice(i + 1)
              .filter(({ part: other }) => !part.contains(other))
              .filter(({ box: { left, right, top, bottom } }) => {
                const beside = left >= box.right - 1 || right <= box.left + 1;
                return !beside && top < box.bottom - 1 && bottom > box.top + 1;
              })
              .map(({ part: other }) => `${part.className} over ${other.className}`),
          );
          const narrow = parts
            .filter(({ part, box }) => part.matches('input') && box.width < 60)
            .map(({ part, box }) => `${part.id}: ${box.width} px`);
          return [...overlaps, ...narrow];
        });
        expect(spoilt, `${width} px wide`).toEqual([]);
        if (mode === 'full' && width >= 960) expect(await heightOf(page, '.top')).toBeLessThan(50);
        // At once, too, before what is drawn by script has its new width.
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        expect(await spareBelow(page, '.client', '.stage'), `${width} px`).toBeGreaterThan(0);
      }
    },
  );

  it.each([1000, 390])(
    'keeps stage and inspector apart in somebody else’s page, %i px wide',
    async (width) => {
      const { page } = await open('#mode=embed', { viewport: { width, height: 600 } });
      await ready(page);
      await page.locator('#page-cursor').press('Enter');
      await page.locator('.page-table').waitFor();
      expect(await spareBelow(page, '.client', '.stage')).toBeGreaterThan(0);
      const gap = await page.evaluate(() => {
        const box = (name: string) => document.querySelector(name)?.getBoundingClientRect();
        return (box('.inspector')?.top ?? Number.NaN) - (box('.legend')?.bottom ?? Number.NaN);
      });
      expect(gap).toBeGreaterThanOrEqual(0);
    },
  );

  it('bears a page twice as large, and wider spaced text, with nothing cut [A10]', async () => {
    // A browser's zoom of 200 % on a small laptop.
    const { page } = await open('', { viewport: { width: 683, height: 384 } });
    await ready(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(683);
    expect(await spoiltTexts(page)).toEqual([]);
    // The spacing of WCAG 2.2, criterion 1.4.12.
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
      document.adoptedStyleSheets = [sheet];
    });
    await page.setViewportSize({ width: 683, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(683);
    expect(await spoiltTexts(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(await spoiltTexts(page)).toEqual([]);
  });

  it('has targets of 24 px, and 44 in playback [A11]', async () => {
    for (const viewport of [
      { width: 1366, height: 768 },
      { width: 390, height: 844 },
    ]) {
      const { page } = await open('', { viewport });
      await ready(page);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, select, input, summary, nav a')].flatMap(
          (target) => {
            const { width, height } = target.getBoundingClientRect();
            const least =
              target.closest('.transport')?.matches('.transport') && target.matches('button')
                ? 44
                : 24;
            // A term in running text is let off by the criterion itself; a radio lies under its label.
            if (width === 0 || target.matches('.term-button, .skip, [type=radio], [type=checkbox]'))
              return [];
            return width >= least && height >= least
              ? []
              : [`${target.textContent || target.id}: ${width} × ${height}`];
          },
        ),
      );
      expect(small).toEqual([]);
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
    await page.evaluate(() => {
      const moved: number[] = [];
      Object.assign(window, { moved });
      new PerformanceObserver((list) => {
        for (const shift of list.getEntries() as (PerformanceEntry & { value: number })[])
          moved.push(shift.value);
      }).observe({ type: 'layout-shift' });
    });
    await mainButton(page).click();
    await says(page, 'Round 2 sends');
    expect(await places()).toEqual(before);
    await runToEnd(page);
    expect(await places()).toEqual(before);
    // What changes may shift: lines of text as they get longer, which is about a thousandth.
    const moved = await page.evaluate(() => (window as unknown as { moved: number[] }).moved);
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.005);
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
