import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from '../support/axe.ts';
import { ready, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const fold = (page: Page, title: string) => page.locator('summary', { hasText: title }).click();
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

/** Round by round, to the first moment of round `last`. */
async function toRound(page: Page, last: number): Promise<void> {
  await ready(page);
  for (let round = 1; round <= last; round++) {
    await page.keyboard.press('Shift+ArrowRight');
    await says(page, round === 1 ? 'Round 1 sends every page once' : `Round ${round} sends`);
  }
}

describe('the charts', () => {
  it('have the numbers of the rounds’ table, and nothing for axe', async () => {
    const { page, troubles } = await open('#s=converges');
    await toRound(page, 3);
    await fold(page, 'Rounds and pages as tables');
    const cells = (row: string) => page.getByRole('row', { name: new RegExp(`^${row} `) });
    await fold(page, 'Charts');
    const chart = page.locator('.chart', { hasText: 'different pages written' });
    await chart.locator('summary').click();
    const [table, shown] = await Promise.all([
      page.locator('table', { hasText: 'Written meanwhile' }).locator('tbody tr').allInnerTexts(),
      chart.locator('tbody tr').allInnerTexts(),
    ]);
    expect(shown).toHaveLength(2);
    const numbers = (row: string) => row.split(/\s+/).slice(0, 3);
    expect(shown.map(numbers)).toEqual(table.slice(0, 2).map(numbers));
    expect(await chart.locator('svg').getAttribute('aria-label')).toContain('2 rounds so far');
    expect(await cells('1').count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

describe('a run that gets nowhere', () => {
  it('is helped with its own figures, in a place that was kept', async () => {
    const { page, troubles } = await open('#s=hot-set');
    await toRound(page, 1);
    const top = async () => (await page.locator('.stage').boundingBox())?.y;
    const before = await top();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    const help = page.locator('.notice-text', { hasText: 'different pages; the threshold is 50.' });
    await help.waitFor();
    expect(await top()).toBe(before);
    expect(await violations(page)).toEqual([]);
    await button(page, /^Accept /).click();
    await says(page, 'The VM is paused.');
    await help.waitFor({ state: 'detached' });
    expect(troubles).toEqual([]);
  });
});

describe('by hand', () => {
  it('the link is cut, a host is switched off, and the past forgets it', async () => {
    const { page, troubles } = await open('#s=converges');
    await toRound(page, 2);
    const at = await page.locator('.clock output').innerText();
    await fold(page, 'Step in');
    await button(page, 'Cut the link').click();
    await page.locator('.notice-text', { hasText: 'What is sent now is lost' }).waitFor();
    await button(page, 'Switch host A off').click();
    await says(page, 'Host A is gone: switched off. The VM is lost with it.');
    expect(await button(page, 'Switch host A off').getAttribute('aria-disabled')).toBe('true');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Shift+ArrowLeft');
    await says(page, 'Round 2 sends');
    await button(page, 'Cancel the migration').click();
    await page.locator('.fork', { hasText: `Changed in the past, at ${at}` }).waitFor();
    await says(page, 'The migration was cancelled by hand. The VM runs on');
    expect(troubles).toEqual([]);
  });
});

describe('the guest’s console', () => {
  it('is typed into, and the guest answers', async () => {
    const { page, troubles } = await open('#s=converges');
    await ready(page);
    await fold(page, 'Guest’s console');
    const keys = page.getByRole('textbox', { name: 'Type to the guest' });
    await keys.waitFor();
    expect(await keys.getAttribute('readonly')).not.toBeNull();
    await page.getByRole('button', { name: 'Next round' }).click();
    await says(page, 'Round 1 sends every page once');
    await keys.pressSequentially('ok');
    const log = page.getByRole('log', { name: 'What came back from the guest' });
    await page.locator('#main-button').click();
    await log.getByText('ok').waitFor();
    await page.getByText('2 characters typed, 2 sent back by the guest.').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

describe('the processor', () => {
  it('is shown as both hosts and the common format have it', async () => {
    const { page, troubles } = await open('#s=converges');
    await toRound(page, 1);
    await fold(page, 'Processor in three formats');
    const row = page.locator('.cpu tr', { hasText: 'cpu.eip' });
    const values = row.locator('code:not(.raw)');
    await values.nth(2).waitFor();
    const [xen, common, kvm] = await values.allInnerTexts();
    expect(xen).toMatch(/^0x10[0-9a-f]{4}$/);
    expect([common, kvm]).toEqual([xen, xen]);
    expect(await row.innerText()).toContain('renamed');
    // Field by field: the next one's bytes are marked in both hosts' records and in the common one.
    const step = page.getByRole('region', { name: 'Field by field' });
    while (!(await step.getByRole('status').innerText()).includes('eip')) {
      await step.getByRole('button', { name: 'Next field' }).press('ArrowDown');
    }
    expect(await page.locator('.cpu tr[aria-current]').innerText()).toContain('cpu.eip');
    const little = xen.slice(2).padStart(8, '0').match(/../g)?.reverse().join(' ') ?? '';
    const marks = await step.locator('mark').allInnerTexts();
    expect(marks).toEqual([`${little} 00 00 00 00`, little, `${little} 00 00 00 00`]);
    expect(await row.locator('code.raw').allInnerTexts()).toEqual(marks);
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});
