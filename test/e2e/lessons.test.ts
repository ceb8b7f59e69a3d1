import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations, violationsInEveryTheme } from '../support/axe.ts';
import { ready, sharedLink } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

async function openLesson(page: Page, title: string): Promise<void> {
  await page.locator('#lessons-button').click();
  await page.locator('.lesson-list button', { hasText: title }).click();
  await page.getByRole('button', { name: 'Run it', exact: true }).waitFor();
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** A term's meaning comes to the pointer, stays while it is pointed at itself, and goes with Escape (1.4.13). */
async function explainedByPointing(page: Page): Promise<void> {
  const open = page.locator('.term-popover:popover-open');
  await page.locator('.lessons .term-button').nth(1).hover();
  await open.locator('.term-text').hover();
  await page.keyboard.press('Escape');
  await open.waitFor({ state: 'detached' });
  await page.locator('.lessons h3').hover();
  await page.locator('.lessons .term-button').nth(2).focus();
  await open.waitFor();
  await page.locator('.lessons .back').focus();
  await open.waitFor({ state: 'detached' });
}

/** From the press to the result, past every stop. */
async function runLesson(page: Page): Promise<void> {
  await button(page, 'Run it').click();
  await button(page, 'To the result').click();
  await page.locator('.explain').waitFor();
}

describe('a lesson', () => {
  it('is done with the keyboard: predict, run, go on, explain, check', async () => {
    const { page, troubles } = await open();
    await ready(page);
    await page.locator('h1').click();
    await page.keyboard.press('l');
    await page.locator('.lesson-list button', { hasText: 'Why move' }).press('Enter');
    expect(await button(page, 'Run it').getAttribute('aria-disabled')).toBe('true');
    const mark = page.locator('.lesson-chart input');
    await mark.focus();
    await page.keyboard.press('ArrowRight');
    expect(await mark.getAttribute('aria-valuetext')).toMatch(/milliseconds$/);
    await button(page, 'Run it').press('Enter');
    await page.locator('.lesson-run button.main:focus', { hasText: 'Go on' }).waitFor();
    expect(await page.locator('#main-button').innerText()).toBe('Play');
    await page.keyboard.press('Enter');
    await button(page, 'To the result').press('Enter');
    await page.locator('.explain').waitFor();
    expect(await page.locator('.marker').count()).toBe(1);
    expect(await page.locator('.explain').innerText()).toContain('each crossed once');
    await page.getByLabel('About four times as long').check();
    await page.locator('.check-up .right').waitFor();
    expect(await page.locator('.saved').innerText()).toBe('1 of 9 done. Saved on this device.');
    await page.reload();
    await page.locator('#lessons-button').click();
    expect(await page.locator('.saved').innerText()).toBe('1 of 9 done. Saved on this device.');
    expect(troubles).toEqual([]);
  });

  it('tells the cause in pages dirtied against the threshold, and keeps the guess', async () => {
    const { page } = await open();
    await ready(page);
    await openLesson(page, 'The hot set');
    await page.getByLabel('grow, up to all 1,024').check();
    await runLesson(page);
    const text = await page.locator('.lessons').innerText();
    expect(text).toContain('grow, up to all 1,024 ← your guess');
    expect(text).toContain('stay about the same ← what happened');
    expect(text).toMatch(/While 3\d\d pages were sent, the guest dirtied 3\d\d different ones/);
    expect(text).toContain('The threshold is 50');
  });

  it.each([
    'When to stop',
    'Pull: faults',
    'Hybrid',
    'Xen →',
    'The client’s view',
    'When the link',
  ])('runs to its explanation: %s', async (title) => {
    const { page, troubles } = await open();
    await ready(page);
    await openLesson(page, title);
    await button(page, 'Skip the prediction').click();
    await runLesson(page);
    expect((await page.locator('.explain').innerText()).length).toBeGreaterThan(120);
    expect(await page.locator('.lesson-chart .bar').count()).toBeGreaterThan(0);
    expect(troubles).toEqual([]);
  });

  it('says so when nothing can be saved', async () => {
    const { page } = await open();
    await page.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await page.reload();
    await ready(page);
    await page.locator('#lessons-button').click();
    await page.getByLabel('Ask for a prediction first').uncheck();
    await page.locator('.saved', { hasText: 'Not saved' }).waitFor();
    await button(page, 'Take on: A short pause for a hot set').click();
    await page.locator('.goal-card h3:focus').waitFor();
    expect(await page.locator('.goal-card').innerText()).toContain('0 pages so far');
    expect(await violations(page)).toEqual([]);
    // A goal can be given to others.
    const link = await sharedLink(page);
    expect(link).toMatch(/goal=short-pause\b/);
    const { page: other, troubles } = await open(link);
    await ready(other);
    await other.getByRole('heading', { name: 'Goal: A short pause for a hot set' }).waitFor();
    expect(troubles).toEqual([]);
  });
});

describe('with lessons open', () => {
  it.each(['light', 'dark'] as const)(
    'axe finds nothing and a phone needs no sideways scrolling, in the %s theme [A1]',
    async (colorScheme) => {
      const { page } = await open('', { colorScheme, viewport: { width: 390, height: 844 } });
      await ready(page);
      await page.locator('#lessons-button').click();
      await page.locator('.lesson-list').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.locator('.lesson-list button', { hasText: 'Pre-copy: rounds' }).click();
      await button(page, 'Skip the prediction').click();
      await page.locator('.lessons .term-button').first().click();
      await page.locator('.term-popover:popover-open').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await explainedByPointing(page);
      await runLesson(page);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await page.setViewportSize({ width: 1366, height: 768 });
      expect(await violationsInEveryTheme(page)).toEqual([]);
    },
  );
});
