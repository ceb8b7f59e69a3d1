import { createHash } from 'node:crypto';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import { ok } from '../../src/base/result.ts';
import { LabRunner } from '../../src/lab/lab-runner.ts';
import { findPreset } from '../../src/lab/presets.ts';
import { violationsInEveryTheme } from '../support/axe.ts';
import { mainButton, ready, runToEnd, says } from '../support/ferry-page.ts';
import { guestImage } from '../support/labs.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const cursor = (page: Page) => page.getByRole('slider', { name: 'Page cursor' });
const inspector = (page: Page) => page.getByRole('complementary', { name: /^Page \d+$/ });
const agreement = (page: Page) => inspector(page).locator('.agreement');

async function hashes(page: Page): Promise<string[]> {
  await agreement(page)
    .filter({ hasText: /copies|Only|Neither/ })
    .waitFor();
  const row = inspector(page).getByRole('row', { name: 'Hash' });
  return row.getByRole('cell').allInnerTexts();
}

/** Stands at the first moment of round 2, where pages are known to be written again. */
async function roundTwo(page: Page): Promise<void> {
  await ready(page);
  await page.keyboard.press('Shift+ArrowRight');
  await says(page, 'Round 1 sends every page once');
  await page.keyboard.press('Shift+ArrowRight');
  await says(page, 'Round 2 sends');
}

/** The same moment in a lab of the test's own. */
async function labAtRoundTwo() {
  const runner = new LabRunner({ loadGuest: async ({ guest }) => ok(guestImage(guest)) });
  await runner.open(exists(findPreset('converges'), 'preset').scenario);
  await runner.step('round');
  await runner.step('round');
  return runner;
}

describe('the lens', () => {
  it('shows single pages where cells are small, beside the pointer and the page cursor', async () => {
    const { page, troubles } = await open('#s=converges', {
      viewport: { width: 1024, height: 768 },
    });
    await ready(page);
    const lens = page.locator('.lens');
    const { x, y, width, height } = exists(
      (await page.locator('[data-place=gridB]').boundingBox()) ?? undefined,
      'a grid',
    );
    const at = { x: x + width / 2, y: y + height / 3 };
    await page.mouse.move(at.x, at.y);
    await lens.waitFor();
    expect(await lens.innerText()).toMatch(
      /Pages \d+ to \d+\s+Page \d+: not sent at A, empty at B/,
    );
    const box = exists((await lens.boundingBox()) ?? undefined, 'its box');
    expect(box.x + box.width).toBeLessThan(at.x);
    await page.keyboard.press('Escape');
    await expect.poll(() => lens.count()).toBe(0);
    await page.mouse.move(2, 2);
    await cursor(page).press('ArrowDown');
    await expect.poll(() => lens.innerText()).toContain('Page 32: not sent at A, empty at B');
    expect(troubles).toEqual([]);
  });
});

describe('the page inspector', () => {
  it('opens by N and Enter [A3], and its hashes are those of the pages in the hosts', async () => {
    const { page, troubles } = await open('#s=converges');
    await roundTwo(page);
    await page.keyboard.press('n');
    await page.keyboard.press('Enter');
    const shown = await hashes(page);
    const gfn = Number(/\d+/.exec(await inspector(page).getByRole('heading').first().innerText()));
    const runner = await labAtRoundTwo();
    const found = await runner.inspect({ kind: 'page', gfn });
    if (!found.ok) throw new Error(found.error);
    const expected = found.value.map((insight) => {
      if (insight?.kind !== 'page') throw new Error('both hosts have the page');
      return createHash('sha256').update(insight.bytes).digest('hex').slice(0, 16);
    });
    expect(shown).toEqual(expected);
    expect(shown[0]).not.toBe(shown[1]);
    expect(await agreement(page).innerText()).toMatch(
      /^The copies differ in [\d,]+ bytes?: B holds/,
    );
    expect(await page.locator('.hex mark').count()).toBeGreaterThan(0);
    await inspector(page).getByText('the guest,').waitFor();
    await runner.close();
    expect(troubles).toEqual([]);
  });

  it('says the same of the same moment after the run went on and came back', async () => {
    const { page, troubles } = await open('#s=converges');
    await roundTwo(page);
    await page.keyboard.press('n');
    await page.keyboard.press('Enter');
    const before = [await hashes(page), await inspector(page).innerText()];
    await page.keyboard.press('Shift+ArrowRight');
    await says(page, 'Round 3');
    await page.keyboard.press('Shift+ArrowLeft');
    await says(page, 'Round 2 sends');
    expect([await hashes(page), await inspector(page).innerText()]).toEqual(before);
    expect(troubles).toEqual([]);
  });

  it('opens by a click on a cell, pauses, and closes to where it came from', async () => {
    const { page, troubles } = await open('#s=converges');
    await ready(page);
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    const box = exists(
      (await page.locator('[data-place=gridA]').boundingBox()) ?? undefined,
      'grid',
    );
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 3);
    await inspector(page).waitFor();
    expect(await mainButton(page).innerText()).toBe('Play');
    expect((await hashes(page))[0]).toMatch(/^[0-9a-f]{16}$/);
    // The grid stays where it was under the pointer.
    expect(await page.locator('[data-place=gridA]').boundingBox()).toEqual(box);
    await page.getByRole('button', { name: 'Close the page inspector' }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('page-cursor');
    await page.getByRole('heading', { name: 'Try it' }).waitFor();
    expect(troubles).toEqual([]);
  });

  it('takes a page number, and keeps it inside the memory [A3]', async () => {
    const { page } = await open('#s=converges');
    await roundTwo(page);
    await cursor(page).focus();
    await page.keyboard.press('Enter');
    const field = inspector(page).getByLabel('Page number');
    await field.fill('99999');
    await field.press('Enter');
    await inspector(page).getByRole('heading', { name: 'Page 1023' }).waitFor();
    expect(await field.inputValue()).toBe('1023');
    expect(await inspector(page).locator('#page-number-note').innerText()).toMatch(
      /from 0 to 1,023/,
    );
    expect(await cursor(page).getAttribute('aria-valuetext')).toMatch(/^Page 1023: /);
  });

  it('walks by the arrows without moving time', async () => {
    const { page } = await open('#s=converges');
    await roundTwo(page);
    const clock = () => page.locator('.clock output').innerText();
    const before = await clock();
    await cursor(page).focus();
    for (const key of ['Home', 'ArrowRight', 'ArrowDown', 'ArrowLeft'])
      await page.keyboard.press(key);
    expect(await cursor(page).getAttribute('aria-valuenow')).toBe('32');
    expect(await clock()).toBe(before);
  });

  it('says after the hand-over that only the destination has the page', async () => {
    const { page, troubles } = await open('#s=converges');
    await ready(page);
    await mainButton(page).click();
    await runToEnd(page);
    await cursor(page).focus();
    await page.keyboard.press('Enter');
    expect((await hashes(page))[1]).toMatch(/^[0-9a-f]{16}$/);
    expect(await agreement(page).innerText()).toContain('Only B has this page');
    expect(troubles).toEqual([]);
  });

  it('has nothing for axe in any theme, wide and narrow [A1]', async () => {
    const { page } = await open('#s=converges');
    await roundTwo(page);
    await page.locator('h1').click();
    await page.keyboard.press('n');
    await page.keyboard.press('Enter');
    await hashes(page);
    for (const width of [1366, 320]) {
      await page.setViewportSize({ width, height: 768 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await violationsInEveryTheme(page)).toEqual([]);
    }
  });
});
