import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import { Prng } from '../../src/base/prng.ts';
import { lanesReady, mainButton, ready } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const isFocused = (page: Page, selector: string) =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);

/** Presses Tab until what fits `selector` has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 150; i++) {
    if (await isFocused(page, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

async function press(page: Page, selector: string, key = 'Enter'): Promise<void> {
  await tabTo(page, selector);
  await page.keyboard.press(key);
}

describe('with Tab, arrows, Enter and Space alone', () => {
  it('lesson 1 is done, and two runs are compared [A2]', async () => {
    const { page, troubles } = await open();
    await ready(page);
    await press(page, '#lessons-button');
    await page.locator('.lesson-list').waitFor();
    await press(page, '.lesson-list button');
    await press(page, '.lesson-chart input', 'ArrowRight');
    await press(page, '.lesson-run button');
    await page.locator('.lesson-run button.main:focus', { hasText: 'Go on' }).waitFor();
    await page.keyboard.press('Enter');
    await press(page, '.lesson-run button:last-child', 'Space');
    await page.locator('.explain').waitFor();
    await tabTo(page, '.check-up input');
    for (let i = 0; i < 4 && (await page.locator('.check-up .right').count()) === 0; i++)
      await page.keyboard.press('ArrowDown');
    await page.locator('.check-up .right').waitFor();

    await press(page, '#compare-button', 'Space');
    await lanesReady(page, 2);
    await press(page, '.transport button:nth-of-type(4)');
    await page.getByRole('button', { name: 'Again', exact: true }).waitFor();
    expect(await page.locator('.differences tbody tr').count()).toBeGreaterThan(5);
    expect(troubles).toEqual([]);
  });

  it('the focus never falls back to the page’s top, whatever is pressed [A2]', async () => {
    const { page, troubles } = await open();
    await ready(page);
    await page.evaluate(() => {
      const lost: string[] = [];
      Object.assign(window, { lost });
      let before: Element | null = null;
      const named = (at: Element | null) => at?.textContent?.trim().slice(0, 30) || at?.id || '';
      addEventListener(
        'keydown',
        () => {
          before = document.activeElement;
        },
        true,
      );
      addEventListener(
        'keyup',
        ({ key }) => {
          const [from, now] = [before, document.activeElement];
          // Past the last stop, and back before the first, the browser itself takes the focus.
          if (key === 'Tab' || key === 'Shift' || from === document.body) return;
          const atTop = now === document.body || (now !== from && now?.matches('.skip'));
          if (atTop) lost.push(`${key} on “${named(from)}”`);
        },
        true,
      );
      // Nothing of the test's is to be saved, opened or printed.
      addEventListener('click', (event) => {
        if (event.target instanceof Element && event.target.closest('a[download], a[target]'))
          event.preventDefault();
      });
      window.open = () => null;
    });
    const random = Prng.stream(2, 'fuzz board');
    const KEYS = [
      ...Array(10).fill('Tab'),
      ...['Shift+Tab', 'Enter', 'Enter', 'Space', 'Escape', 'ArrowLeft', 'ArrowRight', 'ArrowUp'],
      ...['ArrowDown', 'Home', 'End', 'PageUp', 'PageDown', 'n', 'l', 'i', 'p', 'f', 'e'],
    ];
    for (let i = 0; i < 1000; i++)
      await page.keyboard.press(exists(KEYS[random.below(KEYS.length)], 'a key'));
    const lost = () => page.evaluate(() => (window as unknown as { lost: string[] }).lost);
    expect(await lost()).toEqual([]);
    // The comparison once, and then what moves in it: each opening starts two labs anew.
    await page.locator('#main-button, #compare-button').first().focus();
    while ((await page.locator('dialog[open]').count()) > 0) await page.keyboard.press('Escape');
    await page.evaluate(() => {
      location.hash = '#s=converges&view=compare';
    });
    await lanesReady(page, 2);
    for (let i = 0; i < 60; i++)
      await page.keyboard.press(exists(KEYS[random.below(KEYS.length)], 'a key'));
    expect(await lost()).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

describe('what has the focus', () => {
  it('has its own keys, a ring, and is never below the playback bar [A4] [A12]', async () => {
    const { page } = await open('', { viewport: { width: 390, height: 844 } });
    await ready(page);
    const hidden: string[] = [];
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return 'end';
        const { outlineWidth } = getComputedStyle(
          at.matches('[type=radio]') ? (at.parentElement ?? at) : at,
        );
        const bar = document.querySelector('.transport-place');
        const box = at.getBoundingClientRect();
        const name = at.textContent?.trim() || at.id;
        const covered =
          !bar?.contains(at) && box.bottom > (bar?.getBoundingClientRect().top ?? 0) + 1;
        return `${covered ? `covered: ${name}` : ''}${Number.parseFloat(outlineWidth) < 3 ? `ring ${outlineWidth}: ${name}` : ''}`;
      });
      if (found === 'end') break;
      if (found !== '') hidden.push(found);
    }
    expect(hidden).toEqual([]);
    await press(page, '.copy-link', 'Space');
    await page.getByRole('dialog', { name: 'Share' }).waitFor();
    expect(await mainButton(page).innerText()).toBe('Migrate');
  });

  it('is in a dialog while it is open, and back where it was afterwards [A19]', async () => {
    const { page } = await open();
    await ready(page);
    for (const opener of ['.copy-link', 'button[aria-label="Keys and help"]']) {
      await press(page, opener);
      await page.locator('dialog[open]').waitFor();
      expect(await isFocused(page, 'dialog[open], dialog[open] *')).toBe(true);
      for (let i = 0; i < 5; i++) await page.keyboard.press('Tab');
      expect(await isFocused(page, 'header > :not(dialog), .left *, .transport *')).toBe(false);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
      expect(await isFocused(page, opener)).toBe(true);
    }
    await press(page, '.figures .term-button');
    await page.locator('.term-popover:popover-open').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('.term-popover:popover-open').count()).toBe(0);
    expect(await isFocused(page, '.figures .term-button')).toBe(true);
  });

  it('goes to what stands there when the hall has no place for what had it [A19]', async () => {
    const { page } = await open();
    await ready(page);
    await tabTo(page, 'button[title="Previous round"]');
    await page.keyboard.press('p');
    await page.locator('.present-bar').waitFor();
    await expect.poll(() => isFocused(page, '.transport button')).toBe(true);
  });

  it('says as a slider what it is, its value with a unit, and takes every key, or − and + [A11] [A13]', async () => {
    const { page } = await open();
    await ready(page);
    const sliders = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLInputElement>('input[type=range]')].map((slider) => ({
        label: slider.labels?.[0]?.textContent?.trim() ?? '',
        spoken: slider.getAttribute('aria-valuetext') ?? '',
      })),
    );
    expect(sliders.length).toBeGreaterThanOrEqual(7);
    for (const { label, spoken } of sliders) {
      expect(label).not.toBe('');
      expect(spoken, label).toMatch(/[\d.]+ .*[a-z]{2}|[a-z]{4}/);
    }
    const rate = page.getByRole('slider', { name: 'Write rate' });
    const spoken = async () => (await rate.getAttribute('aria-valuetext')) ?? '';
    expect(await spoken()).toBe('250 writes per second');
    await rate.press('ArrowRight');
    await expect.poll(spoken).toBe('300 writes per second');
    const fine = Number(await rate.inputValue());
    await rate.press('PageUp');
    await expect.poll(async () => Number(await rate.inputValue())).toBeGreaterThan(fine + 1);
    await rate.press('Home');
    expect(await rate.getAttribute('aria-valuetext')).toBe('0 writes per second');
    await rate.press('End');
    const most = Number(await rate.getAttribute('max'));
    expect(Number(await rate.inputValue())).toBe(most);
    await page.getByRole('button', { name: 'Less: Write rate' }).click();
    expect(Number(await rate.inputValue())).toBe(most - 1);
    await page.getByRole('button', { name: 'More: Write rate' }).click();
    expect(Number(await rate.inputValue())).toBe(most);
  });
});
