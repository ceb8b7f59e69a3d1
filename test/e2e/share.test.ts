import type { Page } from 'playwright';
import { describe, expect, inject, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { mainButton, ready, runToEnd, says, sharedLink } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const clock = (page: Page) => page.locator('.clock output').innerText();

/** What the stage says in figures: one look at a run. */
const legend = (page: Page) => page.locator('.legend').innerText();

async function fingerprint(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).click();
  const code = page.locator('.fingerprint code');
  // Escape closes a dialog that is open, not one that is about to be.
  await code.waitFor();
  const print = await code.innerText();
  await page.keyboard.press('Escape');
  return print;
}

/** Asks the page's dialog for a link with something ticked in it; of several, `last` is the last's mark. */
async function built(
  page: Page,
  last: RegExp,
  tick: (dialog: ReturnType<Page['getByRole']>) => Promise<void>,
) {
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  const text = dialog.getByRole('textbox', { name: 'Link' });
  await expect.poll(() => text.inputValue()).toContain('#v=1');
  expect(await text.inputValue()).not.toMatch(last);
  await tick(dialog);
  await expect.poll(() => text.inputValue()).toMatch(last);
  return { hash: new URL(await text.inputValue()).hash, dialog };
}

describe('a link', () => {
  it('leads to the very moment, with the page that was inspected', async () => {
    const { page } = await open('#s=hot-set');
    await ready(page);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await says(page, 'Round 2');
    await page.keyboard.press('n');
    await page.locator('.stage').focus();
    const link = await sharedLink(page);
    expect(link).toMatch(/&t=[\d.]+&sel=cursor:\d+$/);
    const { page: other, troubles } = await open(link.replace('sel=cursor', 'sel=page'));
    await expect.poll(() => clock(other), { timeout: 20_000 }).toBe(await clock(page));
    expect(await legend(other)).toBe(await legend(page));
    await other.getByRole('heading', { name: /^Page \d+/ }).waitFor();
    expect(await mainButton(other).innerText()).toBe('Play');
    await runToEnd(page);
    await runToEnd(other);
    expect(await fingerprint(other)).toBe(await fingerprint(page));
    expect(troubles).toEqual([]);
  });

  it('hides and locks what was ticked, also in the next scenario', async () => {
    const { page } = await open();
    await ready(page);
    const { hash } = await built(page, /lock=[^&]*seed/, async (dialog) => {
      await dialog.getByText('Controls to hide or lock').click();
      await dialog.getByRole('checkbox', { name: 'Hide: Memory' }).check();
      await dialog.getByRole('checkbox', { name: 'Hide: Figures' }).check();
      await dialog.getByRole('checkbox', { name: 'Lock: Algorithm' }).check();
      await dialog.getByRole('checkbox', { name: 'Lock: Seed' }).check();
    });
    const { page: other } = await open(hash);
    for (const scenario of ['Pre-copy converges', 'A hot set that never cools']) {
      await other.getByRole('link', { name: scenario }).click();
      await ready(other);
      expect(await other.getByRole('slider', { name: 'Memory' }).count()).toBe(0);
      expect(await other.locator('.figures').count()).toBe(0);
      expect(await other.getByRole('slider', { name: 'Bandwidth' }).isEnabled()).toBe(true);
      expect(await other.getByRole('radio', { name: 'Pull' }).isDisabled()).toBe(true);
      expect(await other.getByLabel('Seed').isDisabled()).toBe(true);
    }
  });

  it('is copied, and put into the address bar', async () => {
    const { page } = await open('', { permissions: ['clipboard-read', 'clipboard-write'] });
    await ready(page);
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(page.url());
    expect(copied).toContain('#v=1&s=converges');
  });
});

describe('the dialog', () => {
  it('has no access violation with everything in it open', async () => {
    const { page } = await open('#theme=projector', { viewport: { width: 1366, height: 2200 } });
    await ready(page);
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('radio', { name: /inside another page/ }).check();
    for (const summary of await page.locator('dialog[open] summary').all()) await summary.click();
    expect(await violations(page)).toEqual([]);
  });
});

describe('inside another page', () => {
  it('the snippet shows the stage and playback, and leads to the whole page at its moment', async () => {
    const { page, troubles } = await open();
    await ready(page);
    const { dialog } = await built(page, /mode=embed/, (at) =>
      at.getByRole('radio', { name: /inside another page/ }).check(),
    );
    const snippet = await dialog.getByLabel('For the other page').inputValue();
    await page.route('**/host-page.html', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<title>host</title>${snippet}` }),
    );
    await page.goto(new URL('host-page.html', inject('site')).href);
    const frame = page.frameLocator('iframe');
    await frame.locator('#headline', { hasText: 'One press moves it' }).waitFor();
    expect(await frame.locator('header.top, .controls').count()).toBe(0);
    await frame.locator('#main-button').click();
    await frame.locator('#headline', { hasText: 'Round 2' }).waitFor();
    await frame.locator('#main-button').click();
    const full = frame.getByRole('link', { name: 'Open the full version' });
    await expect.poll(() => full.getAttribute('href')).toMatch(/&t=\d/);
    expect(await full.getAttribute('href')).not.toContain('mode=');
    expect(troubles).toEqual([]);
  });
});
