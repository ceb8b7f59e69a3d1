import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { ready, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

/** Two rounds' starts on: enough has happened to be read. */
async function intoRoundTwo(page: Page): Promise<void> {
  await ready(page);
  await page.keyboard.press('Shift+ArrowRight');
  await says(page, 'Round 1 sends every page once');
  await page.keyboard.press('Shift+ArrowRight');
  await says(page, 'Round 2 sends');
}

describe('the protocol log', () => {
  it('is filtered by kind and stage, and a line goes to its moment', async () => {
    const { page, troubles } = await open('#s=converges');
    await intoRoundTwo(page);
    await page.locator('summary', { hasText: 'Log' }).click();
    const lines = page.getByRole('list', { name: 'What happened, newest first' });
    const count = async () =>
      Number((await page.locator('.log-count').innerText()).replace(/ lines.*/s, ''));
    await lines.waitFor();
    const course = await count();
    await page.locator('.protocol').getByLabel('Show').selectOption({ label: 'Everything' });
    const all = await count();
    expect(all).toBeGreaterThan(course);
    await page.locator('.protocol').getByLabel('Show').selectOption({ label: 'Other messages' });
    await page.locator('.protocol').getByLabel('Stage').selectOption('0');
    const greeting = await count();
    expect(greeting).toBeGreaterThan(0);
    expect(greeting).toBeLessThan(all);
    const oldest = lines.getByRole('button').last();
    expect(await oldest.innerText()).toMatch(/A sends hello, \d+ B: /);
    const [, ms] = /([\d.]+) ms/.exec(await oldest.innerText()) ?? [];
    await oldest.click();
    const shown = () => page.locator('.clock output').innerText();
    await expect.poll(shown).toBe(`${(Number(ms) / 1000).toFixed(4)} s`);
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

describe('the timeline’s tools', () => {
  it('zoom, fit, and space events evenly, by button and by key', async () => {
    const { page } = await open('#s=converges');
    await intoRoundTwo(page);
    const drawing = page.locator('.timeline svg');
    const ticks = () => drawing.locator('.ground text').allTextContents();
    const whole = await ticks();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(ticks).not.toEqual(whole);
    await page.getByRole('button', { name: 'Fit the whole timeline' }).click();
    await expect.poll(ticks).toEqual(whole);
    const even = page.getByRole('button', { name: 'Events evenly spaced' });
    await even.click();
    expect(await even.getAttribute('aria-pressed')).toBe('true');
    await expect.poll(ticks).not.toEqual(whole);
    expect(await violations(page)).toEqual([]);
    await page.locator('h1').click();
    await page.keyboard.press('e');
    await expect.poll(ticks).toEqual(whole);
    await page.keyboard.press('w');
    await expect.poll(ticks).not.toEqual(whole);
    await page.keyboard.press('f');
    await expect.poll(ticks).toEqual(whole);
  });
});
