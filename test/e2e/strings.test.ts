import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { mainButton } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const LAPTOP = { viewport: { width: 1366, height: 768 } };

/** Texts in sight that lie beyond the page's edge, in a box too small for them, or below something else. */
const spoiltTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const spoilt: string[] = [];
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
      const text = node.nodeValue?.trim() ?? '';
      const owner = node.parentElement;
      // The drawing of time has its own places for words, and a closed list shows what fits; what is
      // on the link changes all the time in a room that is kept, and stands in the log as a whole.
      if (
        text === '' ||
        owner === null ||
        owner.closest('svg, option, .sr, .skip, .link-load, .message')
      )
        continue;
      // Meant for ears alone.
      if (!owner.checkVisibility() || getComputedStyle(owner).clipPath !== 'none') continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      // A radio button lies, unseen, over its own words.
      const whole = owner.closest('label') ?? owner;
      for (const { left, right, top, bottom } of range.getClientRects()) {
        if (right - left < 2 || bottom > innerHeight || top < 0) continue;
        const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        if (left < 0 || right > innerWidth) spoilt.push(`beyond the edge: ${text}`);
        // What scrolls out of a box is reached by scrolling; what is hidden in one is lost.
        else if (
          hit &&
          !hit.contains(owner) &&
          !whole.contains(hit) &&
          !scrolledAway(owner, bottom)
        )
          spoilt.push(`below ${hit.className || hit.tagName}: ${text}`);
      }
      const style = getComputedStyle(owner);
      if (style.overflowX === 'hidden' && owner.scrollWidth > owner.clientWidth + 1)
        spoilt.push(`cut: ${text}`);
    }
    return spoilt;

    function scrolledAway(element: Element, bottom: number): boolean {
      const box = element.closest('.left, .controls')?.getBoundingClientRect();
      return box !== undefined && (bottom > box.bottom || bottom < box.top);
    }
  });

const hasRunningStart = (page: Page) =>
  expect.poll(() => page.locator('.legend').innerText()).toContain('1,024');

describe('texts twice as long', () => {
  it('are neither cut nor covered on a small laptop, before and during a migration [A21]', async () => {
    const { page, troubles } = await open('?stringTest=double', LAPTOP);
    await hasRunningStart(page);
    expect(await mainButton(page).innerText()).toBe('Migrate Migrate');
    expect(await page.locator('.figure dt').nth(1).innerText()).toBe('Pages left Pages left');
    expect(await page.getByRole('slider', { name: 'Write rate Write rate' }).count()).toBe(1);
    expect(await spoiltTexts(page)).toEqual([]);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.locator('#headline', { hasText: 'Round 2' }).waitFor();
    expect(await spoiltTexts(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1366);
    expect(troubles).toEqual([]);
  });
});

describe('texts from right to left', () => {
  it('mirror the page but neither the way of the VM nor time, and axe finds nothing [A21]', async () => {
    const { page, troubles } = await open('?stringTest=rtl', LAPTOP);
    await hasRunningStart(page);
    const leftOf = async (selector: string) =>
      (await page.locator(selector).boundingBox())?.x ?? Number.NaN;
    expect(await leftOf('.controls')).toBeLessThan(await leftOf('.stage'));
    expect(await leftOf('.host-a')).toBeLessThan(await leftOf('.host-b'));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1366);
    expect(await spoiltTexts(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});
