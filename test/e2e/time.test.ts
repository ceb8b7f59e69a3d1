import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { figure, mainButton, migrate, ready, runToEnd, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const scrubber = (page: Page) => page.getByRole('slider', { name: 'Moment shown' });
const clock = (page: Page) => page.locator('.clock output').innerText();

/** Everything the page says of the moment shown. */
async function said(page: Page): Promise<string[]> {
  return [
    await clock(page),
    await page.locator('#headline').innerText(),
    ...(await page.locator('.figure').allInnerTexts()),
    ...(await page.locator('.legend').allInnerTexts()),
    ...(await page.locator('.timeline svg text').allTextContents()),
  ];
}

describe('the past', () => {
  it('is the same again: round by round, event by event, to the start and back', async () => {
    const { page, troubles } = await open();
    await ready(page);
    // The page opens shortly before the migration, and the keys act from then on.
    await expect.poll(() => clock(page)).not.toBe('0.0000 s');
    const atStart = await said(page);
    await page.keyboard.press('Shift+ArrowRight');
    await says(page, 'Round 1 sends every page once');
    await page.keyboard.press('Shift+ArrowRight');
    await says(page, 'Round 2');
    const roundTwo = await said(page);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => clock(page)).not.toBe(roundTwo[0]);
    await runToEnd(page);
    const end = await said(page);
    for (let i = 0; i < 20 && (await clock(page)) > roundTwo[0]; i++) {
      const before = await clock(page);
      await page.keyboard.press('Shift+ArrowLeft');
      await expect.poll(() => clock(page)).not.toBe(before);
    }
    expect((await said(page)).slice(0, 2)).toEqual(roundTwo.slice(0, 2));
    // Curves and axis know the whole run now; the figures are those of the moment.
    const figures = (texts: string[]) =>
      texts.filter((text) => /^(Round|Pages left|VM)/.test(text));
    expect(figures(roundTwo).length).toBeGreaterThan(2);
    expect(figures(await said(page)).slice(0, 3)).toEqual(figures(roundTwo).slice(0, 3));
    await page.keyboard.press('Home');
    expect((await said(page)).slice(0, 2)).toEqual(atStart.slice(0, 2));
    expect(await mainButton(page).innerText()).toBe('Play');
    await runToEnd(page);
    expect(await said(page)).toEqual(end);
    expect(troubles).toEqual([]);
  });

  it('is reached by dragging, clicking and the keys of the slider [A11]', async () => {
    const { page } = await open();
    await ready(page);
    await migrate(page);
    const slider = scrubber(page);
    const box = await slider.boundingBox();
    if (!box) throw new Error('the slider has no place');
    const value = async () => Number(await slider.inputValue());
    const max = Number(await slider.getAttribute('max'));
    const min = Number(await slider.getAttribute('min'));
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    expect((await value()) - min).toBeGreaterThan((max - min) * 0.4);
    expect((await value()) - min).toBeLessThan((max - min) * 0.6);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 4, box.y + 20, { steps: 5 });
    await page.mouse.up();
    expect((await value()) - min).toBeLessThan((max - min) * 0.35);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^0\.\d{4} s, in the past; /);
    const before = await value();
    await slider.press('PageUp');
    expect(await value()).toBeGreaterThan(before);
    await slider.press('Home');
    expect(await value()).toBe(min);
    await slider.press('ArrowRight');
    expect(await value()).toBeGreaterThan(min);
    await slider.press('End');
    expect(await value()).toBe(max);
    expect(await slider.getAttribute('aria-valuetext')).toContain('the newest moment');
  });

  it('forks when something is changed in it, and the page says what is discarded', async () => {
    const { page, troubles } = await open('#s=hot-set');
    await ready(page);
    await migrate(page);
    const total = await figure(page, 'Total time').innerText();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    const at = await clock(page);
    await page.getByText('A change here discards what followed.').waitFor();
    await page.getByRole('slider', { name: 'Working set' }).press('Home');
    await page.locator('.fork').waitFor();
    expect(await page.locator('.fork').innerText()).toContain(`Changed in the past, at ${at}`);
    expect(await page.locator('.fork').innerText()).toContain('is discarded');
    await runToEnd(page);
    expect(await figure(page, 'Total time').innerText()).not.toBe(total);
    await page.locator('.fork').getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.locator('.fork').count()).toBe(0);
    expect(troubles).toEqual([]);
  });
});

describe('time stops by itself', () => {
  it.each([
    ['converges', 'when a round ends', 'a round ended'],
    ['converges', 'when the VM pauses', 'the VM was paused'],
    ['pull', 'at the first wait', 'waits for its first page'],
    ['converges', 'when the move ends', 'the migration is over'],
  ])('in %s, %s', async (preset, wanted, reason) => {
    const { page } = await open(`#s=${preset}`);
    await ready(page);
    await page.getByLabel('Stop', { exact: true }).selectOption({ label: wanted });
    await mainButton(page).focus();
    await page.keyboard.press('End');
    await page.locator('.time-notice', { hasText: reason }).waitFor();
    expect(await mainButton(page).innerText()).toBe('Play');
  });
});
