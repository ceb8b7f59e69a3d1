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

const EVERY_THIRD = `_start: mov edi, 0x200000
.page:  inc byte [edi]
        add edi, 3 * 4096
        cmp edi, 0x400000
        jb .page
        jmp _start`;

describe('a program of one’s own', () => {
  it('has its errors underlined, with line, column, cause and advice [A20]', async () => {
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

  it('travels in a link that starts nothing by itself', async () => {
    const { page, troubles } = await open('#s=converges');
    await openEditor(page);
    await write(page, EVERY_THIRD);
    await page.getByText('Link to this program', { exact: true }).first().click();
    const made = page.getByRole('textbox', { name: 'Link to this program' });
    await expect.poll(() => made.inputValue()).toContain('sc=');
    const link = new URL(await made.inputValue()).hash;
    expect(link.length).toBeLessThan(2000);
    expect(troubles).toEqual([]);

    const other = await open(link);
    await other.page.getByText('nothing of it has run').waitFor();
    await ready(other.page);
    await other.page.getByText('Another guest runs.').waitFor();
    expect(await editor(other.page).innerText()).toContain('add edi, 3 * 4096');
    await button(other.page, 'Run').click();
    await other.page.getByText('Your program runs on host A.').waitFor();
    expect(other.troubles).toEqual([]);
  });

  it('is written, moved, stopped in a round, taken apart on both hosts, saved and opened again', async () => {
    const { page, troubles } = await open('#s=converges');
    await openEditor(page);
    await write(page, EVERY_THIRD);
    await button(page, 'Assemble').click();
    await page.getByText('begins at 00102000').waitFor();
    await button(page, 'Run').click();
    await page.getByText('Your program runs on host A.').waitFor();

    // The grid: in round 1 pages are written again, every third of them.
    await page.getByRole('button', { name: 'See its pages' }).click();
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    const written = page.locator('.legend li', { hasText: 'written again' }).locator('b');
    await expect.poll(async () => Number(await written.innerText())).toBeGreaterThan(20);
    await mainButton(page).click();

    // The break: before JMP, which is executed once a sweep.
    await page.keyboard.press('i');
    await page.getByRole('tab', { name: 'CPU and memory' }).click();
    await page.getByLabel('Instruction at, hex').fill('00102015');
    await button(page, 'Break there').click();
    await mainButton(page).click();
    await page.getByText('about to execute the instruction at a breakpoint').waitFor();
    const current = page.locator('.code li[aria-current]');
    await expect.poll(() => current.innerText()).toMatch(/^00102015 ebe9\s+jmp 0x102000/);
    await says(page, 'Round 1 sends every page once');

    // The walk, to one of the pages that it writes.
    await page.getByLabel('Linear address, hex').fill('203000');
    await button(page, 'Walk').click();
    const steps = page.locator('.walk li');
    await expect
      .poll(() => steps.allInnerTexts())
      .toEqual([
        expect.stringContaining('Linear address 00203000'),
        expect.stringContaining('Paging is off'),
        expect.stringContaining('(gfn) 515'),
        expect.stringMatching(
          /Xen-like host A: P2M\[515\] = machine frame \d+.+in its? TLB|TLB holds/,
        ),
        expect.stringMatching(/KVM-like host B: slot from frame \d+: \d+ \+ 515 = machine frame/),
      ]);

    // The file, and what is in it.
    await page.getByRole('tab', { name: 'Files' }).click();
    await button(page, 'Its fingerprint').click();
    const ofVm = page.locator('.vm-print');
    await expect.poll(() => ofVm.innerText()).toMatch(/^[0-9a-f]{16}$/);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save: VM for QEMU' }).click();
    const file = await (await saved).path();
    await page.getByLabel('Open a file to look into').setInputFiles(file);
    await page.getByRole('heading', { name: /QEMU migration stream/ }).waitFor();
    expect(await page.locator('.file-print').innerText()).toBe(await ofVm.innerText());
    expect(await page.locator('.record-sight tbody th').allInnerTexts()).toContain('ram setup');
    expect(await violations(page)).toEqual([]);

    // What is no such file is refused, with where and why; and the run goes on to its end.
    const buffer = Buffer.from('hello');
    const wrong = { name: 'a.txt', mimeType: 'text/plain', buffer };
    await page.getByLabel('Open a file to look into').setInputFiles(wrong);
    await page.getByText(/Refused: a.txt: this is no state file.+at byte 0/).waitFor();
    await page.getByRole('tab', { name: 'CPU and memory' }).click();
    await page.getByRole('button', { name: 'Remove the breakpoint at 00102015' }).click();
    await runToEnd(page);
    await says(page, 'memory, CPU and devices equal');
    expect(troubles).toEqual([]);
  });
});
