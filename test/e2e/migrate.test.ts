import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import type { MigrationReport } from '../../src/lab/report.ts';
import { time } from '../../src/ui/strings/format.ts';
import {
  figure,
  mainButton,
  migrate,
  ready,
  runToEnd,
  says,
  sharedLink,
  VERIFIED,
} from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const golden = (preset: string): MigrationReport =>
  JSON.parse(readFileSync(new URL(`../golden/presets/${preset}.json`, import.meta.url), 'utf8'));

const headline = (page: Page) => page.locator('#headline');

async function fingerprint(page: Page): Promise<string> {
  const tables = page.getByText('Rounds and pages as tables');
  if (!(await page.getByRole('row', { name: 'Run fingerprint' }).isVisible())) await tables.click();
  return page.getByRole('row', { name: 'Run fingerprint' }).getByRole('cell').innerText();
}

describe('on first load', () => {
  it('an interesting scenario is ready, with no dialog in the way', async () => {
    const { page, troubles } = await open();
    await ready(page);
    expect(await page.locator('dialog[open]').count()).toBe(0);
    expect(await mainButton(page).innerText()).toBe('Migrate');
    expect(await figure(page, 'Pages left').innerText()).toBe('1,024');
    await page.locator('.pulse', { hasText: 'answered in' }).waitFor();
    expect(troubles).toEqual([]);
  });
});

describe('one press', () => {
  it('migrates, states what was verified, asks nobody but its own server and breaks no policy', async () => {
    const { page, troubles } = await open();
    await ready(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    await ready(page);
    await migrate(page);
    expect(await headline(page).innerText()).toBe(VERIFIED);
    expect(await page.locator('.host-a .condition').innerText()).toContain('memory freed');
    expect(await page.locator('.host-b .condition').innerText()).toContain('VM running');
    expect(await page.locator('.switch').innerText()).toContain('port 1 (B)');
    const { origin } = new URL(page.url());
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((url) => !url.startsWith(origin) && !url.startsWith('data:'))).toEqual([]);
    expect(troubles).toEqual([]);
  });

  it.each(['converges', 'hot-set', 'pull'])('gives the golden figures of %s', async (preset) => {
    const { page } = await open(`#s=${preset}`);
    await ready(page);
    await migrate(page);
    const report = golden(preset);
    expect(await figure(page, 'VM downtime').innerText()).toBe(time(report.downtimeMs * 1e6));
    expect(await figure(page, 'Client outage').innerText()).toBe(time(report.clientOutageMs * 1e6));
    expect(await figure(page, 'Total time').innerText()).toBe(time(report.totalTimeMs * 1e6));
    expect(await fingerprint(page)).toBe(report.traceHash.slice(0, 16));
    // What the pause was spent on, part by part.
    const { lastRoundMs, stateMs, sendMs, resumeMs } = exists(report.downtimeSplit, 'a pause');
    const parts = page.getByRole('table', { name: 'Downtime and outage' }).getByRole('cell');
    expect(await parts.allInnerTexts()).toEqual([
      ...[lastRoundMs, stateMs, sendMs, resumeMs, report.downtimeMs].map((ms) => time(ms * 1e6)),
      time(report.clientOutageMs * 1e6),
    ]);
  });

  it('plays in between at the opening speed, and pauses: no frame differs from the next [A5]', async () => {
    const { page } = await open();
    await ready(page);
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    await mainButton(page).click();
    expect(await mainButton(page).innerText()).toBe('Play');
    // What was on its way on the screen comes to rest.
    await page.waitForTimeout(500);
    const stands = await page.locator('.clock').innerText();
    const first = await page.locator('.stage').screenshot();
    await page.waitForTimeout(1000);
    expect(await page.locator('.clock').innerText()).toBe(stands);
    expect((await page.locator('.stage').screenshot()).equals(first)).toBe(true);
  });
});

describe('the controls', () => {
  it('change the running guest at once, and the link carries the change to the same run', async () => {
    const { page } = await open();
    await ready(page);
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    const slider = page.getByRole('slider', { name: 'Write rate' });
    await slider.focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
    await page.getByText('Log', { exact: true }).click();
    await page.getByText('"writesPerSecond":').first().waitFor();
    await runToEnd(page);
    const made = await fingerprint(page);
    expect(made).not.toBe(golden('converges').traceHash.slice(0, 16));
    const { page: other } = await open(await sharedLink(page));
    await other.getByRole('button', { name: 'Run again', exact: true }).waitFor();
    expect(await fingerprint(other)).toBe(made);
  });

  it('prepare a new run, and keep the previous one beside it', async () => {
    const { page } = await open();
    await ready(page);
    await migrate(page);
    const before = await figure(page, 'VM downtime').innerText();
    await page.getByRole('radio', { name: 'Stop and copy' }).check({ force: true });
    await page.getByRole('button', { name: 'Run again with this' }).click();
    await says(page, 'The VM is paused');
    await page
      .locator('.figure', { hasText: 'VM downtime' })
      .getByText(`before: ${before}`)
      .waitFor();
    await page.locator('.curve .before').waitFor();
    await runToEnd(page);
    await says(page, 'compared');
  });

  it('of hosts let all four pairs migrate, two of them without the common format', async () => {
    const { page } = await open('#src=kvm&dst=kvm&bw=100');
    await ready(page);
    await migrate(page);
    await fingerprint(page);
    await page.getByRole('row', { name: 'CPU and devices as they are (kvm)' }).waitFor();
  });

  it('say what a link got wrong', async () => {
    const { page } = await open('#s=converges&mem=9999999');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain(
      'it can be 4 to 64, so 64 was used',
    );
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
