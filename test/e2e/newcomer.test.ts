import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import { lanesReady, mainButton, ready, says, sharedLink } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const golden: { traceHash: string } = JSON.parse(
  readFileSync(new URL('../golden/presets/converges.json', import.meta.url), 'utf8'),
);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const clock = (page: Page) => page.locator('.clock output').innerText();

/** With what stands in the playback bar, whose last speed draws nothing. */
async function playToTheEnd(page: Page): Promise<void> {
  await page.getByRole('slider', { name: 'Speed' }).press('End');
  await button(page, 'Play').click();
  await button(page, 'Run again').waitFor();
}

async function fingerprint(page: Page): Promise<string> {
  await button(page, 'Share').click();
  const print = await page.locator('.fingerprint code').innerText();
  await button(page, 'Close').click();
  return print;
}

describe('somebody who sees the page for the first time, and uses what is visible only', () => {
  it('migrates, pauses, inspects, rewinds, changes, compares and shares: the link leads to the same run', async () => {
    const { page, troubles } = await open();
    await ready(page);
    await button(page, 'Migrate').click();
    await says(page, 'Round 1 sends every page once');
    await button(page, 'Next round').click();
    await says(page, 'Round 2');
    expect(await mainButton(page).innerText()).toBe('Play');
    const roundTwo = await clock(page);
    await button(page, 'Next event').click();
    await button(page, 'Next event').click();

    // A page written again: a click into the grid, and on to the next of that colour.
    const grid = exists(
      (await page.locator('[data-place=gridA]').boundingBox()) ?? undefined,
      'grid',
    );
    await page.mouse.click(grid.x + grid.width / 2, grid.y + grid.height / 2);
    await button(page, 'Next page written again').click();
    const state = page.getByRole('complementary').getByRole('row', { name: 'State' });
    await expect.poll(() => state.innerText()).toMatch(/written again/);
    await button(page, 'Close the page inspector').click();

    // Back to the start of the round, and another write rate from there on.
    await button(page, 'Previous round').click();
    await expect.poll(() => clock(page)).toBe(roundTwo);
    await button(page, 'More: Write rate').click();
    await page.locator('.fork', { hasText: 'is discarded' }).waitFor();
    await playToTheEnd(page);
    const made = await fingerprint(page);
    expect(made).not.toBe(golden.traceHash.slice(0, 16));

    await button(page, 'Compare').click();
    await lanesReady(page, 2);
    await button(page, 'To the end').click();
    await button(page, 'Again').waitFor();
    const verified = page.locator('.differences tbody tr', { hasText: 'Verified' }).locator('td');
    expect(await verified.allInnerTexts()).toEqual(['equal', 'equal']);
    await button(page, 'Compare').click();

    const { page: other, troubles: others } = await open(await sharedLink(page));
    await button(other, 'Run again').waitFor();
    expect(await fingerprint(other)).toBe(made);
    expect([...troubles, ...others]).toEqual([]);
  });
});
