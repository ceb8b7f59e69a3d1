import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { mainButton, ready, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

/** Fill of “written again” in the light theme; its slash is black. */
const ORANGE = [0xdb, 0x75, 0x00];

/** Looks at the screen: where in host A's picture something is orange. */
async function orangeInA(page: Page): Promise<{ x: number; y: number }> {
  const stage = page.locator('.stage');
  const box = await stage.boundingBox();
  if (!box) throw new Error('the stage is not on the screen');
  const png = [...(await stage.screenshot())];
  const found = await page.evaluate(
    async ({ bytes, colour }) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      if (!context) return undefined;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const is = (i: number) => colour.every((part, k) => Math.abs(data[i + k] - part) < 6);
      for (let y = 60; y < image.height; y++)
        for (let x = 0; x < image.width / 3; x++)
          if (is((y * image.width + x) * 4)) return { x: x + 1, y: y + 1 };
      return undefined;
    },
    { bytes: png, colour: ORANGE },
  );
  if (!found) throw new Error('nothing on the screen is orange');
  return { x: box.x + found.x, y: box.y + found.y };
}

const button = (place: Page | Locator, name: string) =>
  place.getByRole('button', { name, exact: true });

/** As fast as possible, by the slider everybody sees. */
async function runOnFast(page: Page): Promise<void> {
  const speed = page.getByRole('slider', { name: 'Speed' });
  await speed.fill(String(await speed.getAttribute('max')));
  await button(page, 'Play').click();
  await button(page, 'Run again').waitFor();
}

async function fingerprint(page: Page): Promise<string> {
  await button(page, 'Share').click();
  const print = await page.locator('.fingerprint code').innerText();
  await button(page.getByRole('dialog'), 'Close').click();
  return print;
}

describe('a newcomer, who uses only what is visible', () => {
  it('migrates, pauses, inspects, rewinds, changes, compares and shares: elsewhere it is the same run', async () => {
    const { page, troubles } = await open('', { colorScheme: 'light' });
    await ready(page);
    await button(page, 'Migrate').click();
    await says(page, 'Round 2 sends');
    await button(page, 'Pause').click();
    await says(page, 'Round 2 sends');
    const { x, y } = await orangeInA(page);
    await page.mouse.click(x, y);
    const inspector = page.getByRole('complementary', { name: /^Page \d+$/ });
    await inspector.locator('.agreement', { hasText: 'The copies differ' }).waitFor();
    await button(inspector, 'Close the page inspector').click();
    await button(page, 'Previous round').click();
    await page.getByText('A change here discards what followed.').waitFor();
    await says(page, 'Round 2 sends');
    for (let i = 0; i < 3; i++)
      await page.getByRole('button', { name: 'More: Write rate' }).click();
    await page.locator('.fork', { hasText: 'Changed in the past' }).waitFor();
    await runOnFast(page);
    const made = await fingerprint(page);
    await button(page, 'Compare').click();
    await page.locator('.lane-status', { hasText: 'Ready.' }).nth(1).waitFor();
    await button(page, 'To the end').click();
    await button(page, 'Again').waitFor();
    expect(await page.locator('.what').innerText()).toContain('differ in: the algorithm');
    await button(page, 'Close').click();
    await button(page, 'Share').click();
    const text = page
      .getByRole('dialog')
      .getByRole('textbox', { name: 'Link', exact: true })
      .first();
    await expect.poll(() => text.inputValue()).toContain('in=');
    const link = await text.inputValue();
    const { page: other } = await open(new URL(link).hash);
    await button(other, 'Run again').waitFor();
    expect(await fingerprint(other)).toBe(made);
    expect(await mainButton(other).innerText()).toBe('Run again');
    expect(troubles).toEqual([]);
  });
});
