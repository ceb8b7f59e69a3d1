import { readFileSync } from 'node:fs';
import type { Download, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { detectFormat } from '../../src/vmm/formats.ts';
import { migrate, ready, runToEnd, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

async function saved(page: Page, title: string): Promise<{ name: string; bytes: Uint8Array }> {
  const [download]: [Download, unknown] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').getByRole('button', { name: title, exact: true }).click(),
  ]);
  return {
    name: download.suggestedFilename(),
    bytes: new Uint8Array(readFileSync(await download.path())),
  };
}
const textOf = ({ bytes }: { bytes: Uint8Array }) => new TextDecoder().decode(bytes);

describe('the run as files', () => {
  it('of the moment shown: each of the kind it says it is', async () => {
    const { page, troubles } = await open('', { acceptDownloads: true });
    await ready(page);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await says(page, 'Round 2');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByText(/^Files of the run at/).click();
    const trace = textOf(await saved(page, 'Trace'))
      .trimEnd()
      .split('\n');
    expect(JSON.parse(trace[0])).toMatchObject({ format: 'vm-ferry-trace', version: 1 });
    expect(trace.length).toBeGreaterThan(1000);
    expect(textOf(await saved(page, 'Rounds'))).toMatch(/^round,from_ms.*\r\n1,\d/);
    expect(textOf(await saved(page, 'Figures'))).toContain('rounds,2,');
    const picture = await saved(page, 'Stage');
    expect([...picture.bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(textOf(await saved(page, 'Timeline'))).toMatch(/^<svg[^>]* xmlns=/);
    const frames = await saved(page, 'Frames');
    expect([...frames.bytes.subarray(0, 4)]).toEqual([0x4d, 0x3c, 0xb2, 0xa1]);
    for (const title of ['VM, common format', 'VM for QEMU', 'VM for Xen', 'VM for xl']) {
      const { name, bytes } = await saved(page, title);
      expect(name).toMatch(/^vm-ferry-converges-0\.\d{4}s\./);
      const format = detectFormat(bytes);
      expect(format.ok && format.value.read(bytes).ok, title).toBe(true);
    }
    expect(troubles).toEqual([]);
  });

  it('lead back: the scenario file, opened elsewhere, is the same run', async () => {
    const { page } = await open('', { acceptDownloads: true });
    await ready(page);
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('slider', { name: 'Write rate' }).press('PageUp');
    await runToEnd(page);
    await page.getByRole('button', { name: 'Share' }).click();
    const print = await page.locator('.fingerprint code').innerText();
    await page.getByText(/^Files of the run at/).click();
    const { name, bytes } = await saved(page, 'Scenario');
    const { page: other, troubles } = await open('#s=pull');
    await ready(other);
    await other.getByRole('button', { name: 'Share' }).click();
    await other.getByText('Open a link or a scenario file').click();
    const file = { name, mimeType: 'application/json', buffer: Buffer.from(bytes) };
    await other
      .getByLabel('Scenario file')
      .setInputFiles({ ...file, buffer: Buffer.from('{"a":1}') });
    await other.getByText('unknown key a').first().waitFor();
    await other.getByLabel('Scenario file').setInputFiles(file);
    await ready(other);
    await migrate(other);
    await other.getByRole('button', { name: 'Share' }).click();
    expect(await other.locator('.fingerprint code').innerText()).toBe(print);
    const link = other.getByRole('textbox', { name: 'Link', exact: true }).first();
    await expect.poll(() => link.inputValue()).toContain('s=custom&sc=');
    expect(troubles).toEqual([]);
  });
});
