import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import { ok } from '../../src/base/result.ts';
import { LabRunner } from '../../src/lab/lab-runner.ts';
import { findPreset } from '../../src/lab/presets.ts';
import { writePcap } from '../../src/net/pcap.ts';
import { violationsInEveryTheme } from '../support/axe.ts';
import { figure, mainButton, ready, runToEnd, says, VERIFIED } from '../support/ferry-page.ts';
import { guestImage } from '../support/labs.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();
const TABS = [
  'Frames and messages',
  'Client',
  'Consoles',
  'CPU and memory',
  'Own program',
  'Files',
];

const tab = (page: Page, name: string) => page.getByRole('tab', { name });

/** Stands at the first moment of round 1, with the inside shown. */
async function inside(page: Page): Promise<void> {
  await ready(page);
  await page.keyboard.press('Shift+ArrowRight');
  await says(page, 'Round 1 sends every page once');
  await page.keyboard.press('i');
  await tab(page, 'Client').waitFor();
}

/** The same moment in a lab of the test's own. */
async function labAtRoundOne() {
  const runner = new LabRunner({ loadGuest: async ({ guest }) => ok(guestImage(guest)) });
  await runner.open(exists(findPreset('converges'), 'preset').scenario);
  await runner.step('round');
  return runner;
}

describe('the inside of a run', () => {
  it('takes a frame apart, marks a field in its bytes, and saves the lab’s own capture', async () => {
    const { page, troubles } = await open('#s=converges');
    await inside(page);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as pcap' }).click();
    const file = await readFile(await (await saved).path());
    const runner = await labAtRoundOne();
    const frames = await runner.carried({ kind: 'frames' });
    if (!frames.ok) throw new Error(frames.error);
    expect(frames.value.length).toBeGreaterThan(20);
    const captured = frames.value.map(({ at, bytes }) => ({ at, frame: bytes }));
    expect(file.equals(writePcap(captured))).toBe(true);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('arp');
    await page.locator('.frame-rows button', { hasText: 'Who has 10.0.0.5?' }).click();
    await page.getByRole('button', { name: 'Target IP address 10.0.0.5' }).click();
    expect(await page.locator('.bytes mark').allInnerTexts()).toEqual(['0a 00', '00 05']);
    expect(await page.locator('.clock output').innerText()).toBe('0.0980 s');

    // A client that downloads is one press away.
    await tab(page, 'Client').click();
    await page.getByRole('link', { name: 'Set up a web server' }).click();
    await page.locator('.transcript').getByText('GET /file/40000 HTTP/1.0').first().waitFor();
    await page.locator('.transcript').getByText('200 OK, 40.0 kB').first().waitFor();
    await page.locator('.transcript').getByText('64 bytes: icmp_seq=').first().waitFor();
    await page.getByRole('img', { name: /^Download rate, at most \d/ }).waitFor();
    expect(troubles).toEqual([]);
  });

  it('has consoles that drive the run and go back with it', async () => {
    const { page, troubles } = await open('#s=converges');
    await ready(page);
    await page.keyboard.press('i');
    await tab(page, 'Consoles').click();
    const command = page.getByLabel('Command for host-a');
    const screen = page.getByLabel('What stands on host-a’s terminal');
    await command.fill('xl list');
    await command.press('Enter');
    await screen.getByText(/^vm1 +1 +4 +1 +r-----/).waitFor();
    await command.fill('xl migrate vm1 host-b');
    await command.press('Enter');
    await screen.getByText('xc: info: Saving domain 1, type x86 HVM').waitFor();
    await mainButton(page).focus();
    await runToEnd(page);
    await screen.getByText('Migration successful.').waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('Home');
    await screen.getByText('Migration successful.').waitFor({ state: 'detached' });
    await screen.getByText(/^vm1 +1 /).waitFor();
    expect(troubles).toEqual([]);
  });

  it('moves the VM back by the console of the other host, and shows that as a migration of its own', async () => {
    const { page, troubles } = await open('#s=converges&t=1300');
    await page.locator('.host-b .condition', { hasText: 'VM running' }).waitFor();
    await page.keyboard.press('i');
    await tab(page, 'Consoles').click();
    const command = page.getByLabel('Command for host-b');
    await command.fill('virsh migrate --live --verbose vm1 qemu+ssh://host-a/system');
    await command.press('Enter');
    await says(page, 'Round 1 sends every page once');
    await mainButton(page).focus();
    await runToEnd(page);
    await page.getByText('Migration: [100 %]').waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('i');
    await says(page, VERIFIED);
    const conditions = await page.locator('.condition').allInnerTexts();
    expect(conditions.map((text) => text.trim())).toEqual(['VM running', 'memory freed']);
    // Of the way back alone: each way takes a little more than a second, and stands still for some 15 ms.
    expect(await figure(page, 'VM downtime').innerText()).toMatch(/^1\d\.\d ms$/);
    expect(await figure(page, 'Total time').innerText()).toMatch(/^1\.\d\d s$/);
    expect(await figure(page, 'Pages left').innerText()).toBe('0');
    expect(await page.locator('.switch').innerText()).toContain('port 0 (A)');
    expect(troubles).toEqual([]);
  });

  it('shows the registers that are in the host, and marks what an instruction changed', async () => {
    const { page, troubles } = await open('#s=converges');
    await inside(page);
    await tab(page, 'CPU and memory').click();
    const eip = page.locator('.register-list div', { hasText: /^eip/ }).locator('dd');
    const runner = await labAtRoundOne();
    const answer = await runner.inspect({ kind: 'registers' });
    const found = answer.ok ? answer.value[0] : undefined;
    if (found?.kind !== 'registers') throw new Error('host A has the VM');
    expect(await eip.innerText()).toBe(found.values.eip.toString(16).padStart(8, '0'));
    expect(await page.locator('.walk li').allInnerTexts()).toEqual([
      expect.stringContaining('Linear address'),
      expect.stringContaining('Paging is off'),
      expect.stringContaining('Guest frame'),
      expect.stringMatching(/Xen-like host A: P2M\[\d+\] = machine frame \d+/),
      expect.stringMatching(/KVM-like host B: slot from frame \d+/),
    ]);
    await page.getByRole('button', { name: /^One instruction on/ }).click();
    await eip.locator('mark').waitFor();
    await page.getByText('Stopped: the guest is about to execute its next instruction.').waitFor();
    expect(await eip.innerText()).not.toBe(found.values.eip.toString(16).padStart(8, '0'));
    expect(troubles).toEqual([]);
  });

  it('has nothing for axe in any tab, in each theme, and fits a phone [A1]', async () => {
    const { page } = await open('#s=converges', { viewport: { width: 320, height: 640 } });
    await inside(page);
    for (const name of TABS) {
      await tab(page, name).click();
      await page.locator('.tab-panel p.aside').first().waitFor();
      expect(await violationsInEveryTheme(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    }
  });
});
