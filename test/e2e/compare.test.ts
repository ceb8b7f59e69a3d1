import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { figure, lanesReady, migrate, ready, sharedLink } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

/** So tall that the playback bar covers nothing: what is half covered would count as a small target. */
const TALL_PHONE = { width: 390, height: 2600 };

const row = (page: Page, name: string) =>
  page.locator('.differences tbody tr', { hasText: name }).locator('td');

/** Opens the comparison by its key, outside of all controls, and waits until its lanes stand ready. */
async function openComparison(page: Page): Promise<void> {
  await page.locator('h1').click();
  await page.keyboard.press('c');
  await lanesReady(page, 2);
}

async function runAll(page: Page): Promise<void> {
  await page.keyboard.press('End');
  await page.getByRole('button', { name: 'Again', exact: true }).waitFor();
}

describe('a comparison', () => {
  it('shows in each lane what that run shows alone, and is used by keys only', async () => {
    const { page, troubles } = await open();
    await ready(page);
    await migrate(page);
    const alone = await figure(page, 'VM downtime').innerText();
    await page.getByText('Rounds and pages as tables').click();
    const fingerprint = page.getByRole('row', { name: 'Run fingerprint' }).getByRole('cell');
    const trace = await fingerprint.innerText();
    await openComparison(page);
    expect(await page.locator('.what').innerText()).toContain('differ in: the algorithm');
    await runAll(page);
    const downtimes = await row(page, 'VM downtime').allInnerTexts();
    expect(downtimes[0]).toContain(alone);
    expect(downtimes[1]).toContain('× lane 1');
    expect(await row(page, 'Fingerprint').first().innerText()).toBe(trace);
    expect(await row(page, 'Verified').allInnerTexts()).toEqual(['equal', 'equal']);
    await page.locator('#lane-news', { hasText: 'Lane 2, Stop and copy, has ended' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#compare-button:focus').waitFor();
    expect(troubles).toEqual([]);
  });

  it('of pairs of hosts shows what the translation costs', async () => {
    const { page } = await open('#bw=100');
    await ready(page);
    await openComparison(page);
    await page.getByRole('button', { name: 'Add the same without translation' }).click();
    await page.getByRole('button', { name: 'Remove Lane 2' }).click();
    await lanesReady(page, 2);
    expect(await page.locator('.what').innerText()).toContain('differ in: the destination’s VMM');
    await page.locator('.compare-head h2').click();
    await runAll(page);
    const [first, second] = await row(page, 'Translated state').allInnerTexts();
    expect(first).toMatch(/\d+ B/);
    expect(second).toContain('none');

    // Elsewhere the link shows the same lanes at the same moment.
    const prints = await row(page, 'Fingerprint').allInnerTexts();
    const link = await sharedLink(page);
    expect(link).toContain('view=compare&lanes=pre-copy:xen:kvm,pre-copy:xen:xen&lt=');
    await page.close();
    const { page: other } = await open(link);
    await other.getByRole('button', { name: 'Again', exact: true }).waitFor();
    expect(await row(other, 'Fingerprint').allInnerTexts()).toEqual(prints);

    // What a link gets wrong is said here too.
    await other.goto(new URL('#view=compare&lanes=push:xen:kvm', other.url()).href);
    await other.getByRole('alert').getByText('two to four lanes').waitFor();
    await other.getByRole('button', { name: 'Dismiss' }).click();
    expect(await other.getByRole('alert').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)(
    'passes axe and fits a phone, in the %s theme',
    async (colorScheme) => {
      const { page } = await open('', { colorScheme, viewport: TALL_PHONE });
      await ready(page);
      await openComparison(page);
      await page.getByRole('button', { name: 'Add an algorithm' }).click();
      await lanesReady(page, 3);
      expect(await violations(page)).toEqual([]);
      await page.locator('.compare-head h2').click();
      await runAll(page);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await page.setViewportSize({ width: 1366, height: 768 });
      expect(await violations(page)).toEqual([]);
    },
  );
});
