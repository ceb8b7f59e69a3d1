import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { mainButton, ready, runToEnd, says, sharedLink, VERIFIED } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const chooser = (page: Page) => page.getByLabel('Open a file to look into');

async function openFiles(page: Page): Promise<void> {
  await page.keyboard.press('i');
  await page.getByRole('tab', { name: 'Files' }).click();
  await chooser(page).waitFor();
}

async function fingerprint(page: Page): Promise<string> {
  await button(page, 'Its fingerprint').click();
  const print = page.locator('.vm-print');
  await expect.poll(() => print.innerText()).toMatch(/^[0-9a-f]{16}$/);
  return print.innerText();
}

async function setUp(page: Page): Promise<void> {
  await button(page, 'Set up as a run, paused').click();
}

describe('a VM from a file', () => {
  it('stands paused on the chosen host, starts by a press, moves, and comes again by its link', async () => {
    const { page, troubles } = await open('#s=converges', { acceptDownloads: true });
    await ready(page);
    await openFiles(page);
    const saving = page.waitForEvent('download');
    await button(page, 'Save: VM for xl').click();
    const download = await saving;
    const [name, buffer] = [download.suggestedFilename(), readFileSync(await download.path())];
    const file = { name, mimeType: 'application/octet-stream', buffer };

    await chooser(page).setInputFiles(file);
    await page.getByRole('heading', { name: /Xen save file/ }).waitFor();
    await page.getByLabel('On a host of kind').selectOption('KVM-like');
    await setUp(page);
    await page.getByText(/\.xl stands paused on the KVM-like host A, and nothing/).waitFor();
    await says(page, 'A VM stands paused on the KVM-like host A');
    const ofFile = await page.locator('.file-print').innerText();
    expect(await fingerprint(page)).toBe(ofFile);
    expect(await violations(page)).toEqual([]);

    // One press lets it run, another moves it.
    await button(page, 'Start VM').click();
    await says(page, 'A VM runs on the KVM-like host A');
    await button(page, 'Pause').click();
    const print = await fingerprint(page);
    expect(print).not.toBe(ofFile);
    const link = await sharedLink(page);
    expect(link.length).toBeLessThan(2000);
    await button(page, 'Migrate').click();
    await runToEnd(page);
    await says(page, VERIFIED);
    // The file's VM again, which nothing starts but a press.
    await page.getByText('Begin again with', { exact: true }).waitFor();
    await button(page, 'Begin again').click();
    await says(page, 'A VM stands paused on the KVM-like host A');
    await button(page, 'Start VM').waitFor();
    expect(troubles).toEqual([]);

    // The link had no room for the file: who has it sees the same run.
    const other = await open(link);
    await other.page.getByText('The link had no room for its').waitFor();
    await ready(other.page);
    await chooser(other.page).setInputFiles(file);
    await setUp(other.page);
    await says(other.page, 'A VM runs on the KVM-like host A');
    const moment = new URLSearchParams(link.slice(1)).get('t');
    const clock = `${(Number(moment) / 1000).toFixed(4)} s`;
    await other.page.getByRole('heading', { name: `The VM at ${clock}` }).waitFor();
    expect(await fingerprint(other.page)).toBe(print);
    expect(other.troubles).toEqual([]);
  });

  it('or an ELF guest, is dropped anywhere, and a short one travels in the link', async () => {
    const { page, troubles } = await open('#s=converges');
    await ready(page);
    const elf = readFileSync(new URL('../../public/guests/ticker.elf', import.meta.url));
    const data = await page.evaluateHandle(
      (bytes) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(bytes)], 'my.elf'));
        return transfer;
      },
      [...elf],
    );
    await page.locator('#headline').dispatchEvent('drop', { dataTransfer: data });
    await page.getByRole('heading', { name: /my.elf: ELF executable/ }).waitFor();
    await setUp(page);
    await page.getByText('my.elf stands paused on the Xen-like host A').waitFor();
    await mainButton(page).click();
    await says(page, 'A VM runs on the Xen-like host A');
    await button(page, 'Pause').click();
    await page.getByRole('tab', { name: 'Consoles' }).click();
    const link = await sharedLink(page);
    expect(troubles).toEqual([]);

    const other = await open(link);
    await other.page.getByText('This run begins with my.elf, and nothing of it has run.').waitFor();
    await button(other.page, 'Set this run up').click();
    await says(other.page, 'A VM runs on the Xen-like host A');
    expect(other.troubles).toEqual([]);
  });
});
