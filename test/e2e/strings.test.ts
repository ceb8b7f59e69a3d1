import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { mainButton } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';
import { spoiltTexts } from '../support/spoilt-texts.ts';

const open = useBrowser();

const LAPTOP = { viewport: { width: 1366, height: 768 } };

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
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
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
