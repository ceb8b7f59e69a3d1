import { readFileSync } from 'node:fs';
import type { Page, Worker } from 'playwright';
import { describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import { mainButton, ready, runToEnd, says, sharedLink } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

const golden: { traceHash: string } = JSON.parse(
  readFileSync(new URL('../golden/presets/converges.json', import.meta.url), 'utf8'),
);

/** The page's own workers, by the part they play. */
async function workersOf(page: Page, part: string): Promise<Worker[]> {
  const parts = await Promise.all(
    page
      .workers()
      .map(async (worker) => ({ worker, name: await worker.evaluate(() => self.name) })),
  );
  return parts.filter(({ name }) => name === part).map(({ worker }) => worker);
}

const HARMS = {
  hangs: () => {
    for (;;);
  },
  throws: () => {
    throw new Error('broken on purpose');
  },
  'is killed': () => self.close(),
};
type Harm = keyof typeof HARMS;

/** Does the harm once the answer to this very request is out. */
async function harm(worker: Worker, what: Harm): Promise<void> {
  await worker.evaluate(`setTimeout(${HARMS[what]}, 0); undefined`);
}

/** The first host that was started is the source. */
async function host(page: Page, index: 0 | 1): Promise<Worker> {
  const hosts = await workersOf(page, 'host');
  expect(hosts.length).toBe(2);
  return exists(hosts[index], 'a host');
}

const headline = (page: Page) => page.locator('#headline').innerText();

async function fingerprint(page: Page): Promise<string> {
  await page.getByText('Rounds and pages as tables').click();
  return page.getByRole('row', { name: 'Run fingerprint' }).getByRole('cell').innerText();
}

async function pausedInRoundTwo(page: Page): Promise<void> {
  await ready(page);
  await page.keyboard.press('Shift+ArrowRight');
  await says(page, 'Round 1 sends');
  await page.keyboard.press('Shift+ArrowRight');
  await says(page, 'Round 2');
}

/** Long ways between the hosts: however slow the machine is, they stay in workers of their own. */
const FAR = '#mem=4&lat=20';

describe('a host whose worker', () => {
  it.each<[Harm, 0 | 1, RegExp]>([
    ['hangs', 1, /^Host B is gone: .*The VM runs on at host A\.$/],
    ['is killed', 0, /^Host A is gone: .*The VM is lost with it\.$/],
    ['throws', 1, /^Host B is gone: .*broken on purpose.*The VM runs on at host A\.$/],
  ])('%s while the run plays is off: host %i', async (what, index, words) => {
    const { page } = await open(FAR);
    await ready(page);
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    await harm(await host(page, index), what);
    await says(page, 'is gone');
    expect(await headline(page)).toMatch(words);
  });

  it('is killed while time stands still is seen to be off, and the link carries that', async () => {
    const { page } = await open(FAR);
    await ready(page);
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    await mainButton(page).click();
    await harm(await host(page, 1), 'is killed');
    await says(page, 'Host B is gone');
    await runToEnd(page);
    const made = await fingerprint(page);
    const { page: other } = await open(await sharedLink(page));
    await says(other, 'Host B is gone');
    await other.getByRole('button', { name: 'Run again', exact: true }).waitFor();
    expect(await fingerprint(other)).toBe(made);
  });
});

describe('a simulation whose worker hangs', () => {
  it('is made again, up to the moment', async () => {
    const { page } = await open();
    await pausedInRoundTwo(page);
    const clock = await page.locator('.clock output').innerText();
    const [simulation] = await workersOf(page, 'simulation');
    await harm(exists(simulation, 'a simulation'), 'hangs');
    await page.getByText('The simulation stopped', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await says(page, 'Round 2');
    expect(await page.locator('.clock output').innerText()).toBe(clock);
  });
});

describe('what was going on when the page was left', () => {
  it('is kept on this device, goes on at the same moment with the same changes, and can be forgotten', async () => {
    const { page, troubles } = await open();
    await pausedInRoundTwo(page);
    await page.getByRole('slider', { name: 'Write rate' }).press('PageDown');
    await mainButton(page).click();
    await mainButton(page).click();
    const clock = await page.locator('.clock output').innerText();
    await page.reload();
    await page.locator('.kept-run', { hasText: `${clock}) is kept on this device` }).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await says(page, 'Round');
    await expect.poll(() => page.locator('.clock output').innerText()).toBe(clock);
    expect(await page.locator('.kept-run').count()).toBe(0);
    await runToEnd(page);
    const made = await fingerprint(page);
    const { page: other } = await open(await sharedLink(page));
    await other.getByRole('button', { name: 'Run again', exact: true }).waitFor();
    expect(await fingerprint(other)).toBe(made);
    await page.reload();
    await page.getByRole('button', { name: 'Forget it' }).click();
    expect(await page.locator('.kept-run').count()).toBe(0);
    expect(await page.evaluate(() => localStorage.getItem('vm-ferry.run'))).toBe(null);
    expect(troubles).toEqual([]);
  });
});

describe('a hidden tab', () => {
  it('changes nothing in the trace', async () => {
    const { page } = await open();
    await ready(page);
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    // A browser without a screen hides no tab: what a hidden one does is to ask for no picture.
    await page.evaluate(() => {
      const held: FrameRequestCallback[] = [];
      const { requestAnimationFrame } = window;
      const turn = (visibilityState: string) => {
        Object.defineProperty(document, 'visibilityState', {
          value: visibilityState,
          configurable: true,
        });
        document.dispatchEvent(new Event('visibilitychange'));
      };
      window.requestAnimationFrame = (callback) => held.push(callback);
      turn('hidden');
      Object.assign(window, {
        showAgain: () => {
          window.requestAnimationFrame = requestAnimationFrame;
          for (const callback of held) requestAnimationFrame(callback);
          turn('visible');
        },
      });
    });
    const clock = () => page.locator('.clock output').innerText();
    await page.waitForTimeout(300);
    const stood = await clock();
    await page.waitForTimeout(1000);
    expect(await clock()).toBe(stood);
    await page.evaluate(() => (window as unknown as { showAgain(): void }).showAgain());
    await expect.poll(clock).not.toBe(stood);
    await runToEnd(page);
    expect(await fingerprint(page)).toBe(golden.traceHash.slice(0, 16));
  });
});
