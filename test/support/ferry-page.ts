/** The page as a visitor reads and presses it: the few moves that end-to-end tests are made of. */
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

export const mainButton = (page: Page): Locator => page.locator('#main-button');

export const figure = (page: Page, name: string): Locator =>
  page.locator('.figure', { hasText: name }).locator('.value');

/** A locator that waits looks twice a second; a run of the page is over in less. */
const LOOK_MS = 30;

/** Waits until the element with that id says `pattern`, whatever its letters' case. */
async function waitForText(page: Page, id: string, pattern: RegExp): Promise<void> {
  const wanted = { id, source: pattern.source };
  const isSaid = ({ id, source }: typeof wanted) =>
    new RegExp(source, 'i').test(document.getElementById(id)?.textContent ?? '');
  try {
    await page.waitForFunction(isSaid, wanted, { polling: LOOK_MS });
  } catch (cause) {
    const said = await page.locator(`#${id}`).allInnerTexts();
    throw new Error(`#${id} does not say ${pattern}, but "${said.join()}"`, { cause });
  }
}

/** Waits until the headline says `text`. */
export const says = (page: Page, text: string): Promise<void> =>
  waitForText(page, 'headline', new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));

export const ready = (page: Page): Promise<void> => says(page, 'One press moves it');

/** Waits until so many lanes of a comparison stand before their migrations. */
export async function lanesReady(page: Page, count: number): Promise<void> {
  await expect
    .poll(() => page.locator('.lane-status').allInnerTexts(), { timeout: 90_000 })
    .toEqual(Array(count).fill('Ready.'));
}

/** Lets what is left run as fast as it can, to the closing time. */
export async function runToEnd(page: Page): Promise<void> {
  await mainButton(page).focus();
  await page.keyboard.press('End');
  await waitForText(page, 'main-button', /(Run|Begin) again/);
}

/** Presses once, then lets the rest run. */
export async function migrate(page: Page): Promise<void> {
  await mainButton(page).click();
  await runToEnd(page);
}

/** The link that the page's own dialog makes of what is shown, from its `#` on. */
export async function sharedLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  const text = dialog.getByRole('textbox', { name: 'Link' });
  await expect.poll(() => text.inputValue()).toContain('#v=1');
  const link = new URL(await text.inputValue()).hash;
  await dialog.getByRole('button', { name: 'Close' }).click();
  return link;
}

export const VERIFIED = '1,024 pages compared: memory, CPU and devices equal.';
