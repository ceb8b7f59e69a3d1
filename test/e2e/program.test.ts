import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { mainButton, ready, runToEnd, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();
const editor = (page: Page) => page.getByRole('textbox', { name: 'Program', exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function write(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

async function openEditor(page: Page): Promise<void> {
  await ready(page);
  await page.keyboard.press('i');
  await page.getByRole('tab', { name: 'Own program' }).click();
  await editor(page).waitFor();
}

const EVERY_FOURTH = `_start: mov edi, 0x200000
.page:  inc byte [edi]
        add edi, 4 * 4096
        cmp edi, 0x300000
        jb .page
        jmp _start`;

describe('a program of one’s own', () => {
  it('has its errors underlined, with line, column, cause and advice', async () => {
    const { page, troubles } = await open('#s=converges');
    await openEditor(page);
    await write(page, '_start: mov eax, ebz\n        jmp nowhere');
    await page.getByText('2 errors: nothing is assembled').waitFor();
    expect(await page.locator('.cm-lintRange-error').allInnerTexts()).toEqual(['ebz', 'nowhere']);
    await button(page, 'Line 2, column 13').click();
    await page.keyboard.insertText('_start ; ');
    await page.getByText('1 error: nothing is assembled').waitFor();
    expect(await page.locator('.problems p').innerText()).toMatch(/: .+\. Advice: .+\./);
    // Nothing of it ran, and no key of the page was pressed by what was typed.
    await page.getByText('Another guest runs.').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });

  it('runs, moves, and travels in a link that starts nothing by itself', async () => {
    const { page, troubles } = await open('#s=converges');
    await openEditor(page);
    await write(page, EVERY_FOURTH);
    await button(page, 'Run').click();
    await page.getByText('Your program runs on host A.').waitFor();
    await page.getByText('Link to this program', { exact: true }).first().click();
    const made = page.getByRole('textbox', { name: 'Link to this program' });
    await expect.poll(() => made.inputValue()).toContain('sc=');
    const link = new URL(await made.inputValue()).hash;
    await mainButton(page).click();
    await runToEnd(page);
    await button(page, 'See its pages').click();
    await says(page, 'memory, CPU and devices equal');
    expect(troubles).toEqual([]);

    const other = await open(link);
    await other.page.getByText('nothing of it has run').waitFor();
    await ready(other.page);
    await other.page.getByText('Another guest runs.').waitFor();
    expect(await editor(other.page).innerText()).toContain('add edi, 4 * 4096');
    await button(other.page, 'Run').click();
    await other.page.getByText('Your program runs on host A.').waitFor();
    expect(other.troubles).toEqual([]);
  });
});
