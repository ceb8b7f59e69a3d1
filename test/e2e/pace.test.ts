import { describe, expect, it } from 'vitest';
import { mainButton, migrate, ready, says } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();
const SLOWDOWN = 6;

interface Delays {
  readonly delays: number[];
}

describe('on a computer six times slower', () => {
  it('no input waits longer than a tenth of a second while the default migration plays', async () => {
    const { page, troubles } = await open();
    await ready(page);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await page.evaluate(() => {
      const delays: number[] = [];
      Object.assign(window, { delays });
      // Bounded below by the browser at 16 ms: what is shorter does not count.
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as PerformanceEventTiming[])
          if (entry.interactionId) delays.push(entry.processingStart - entry.startTime);
      }).observe({
        type: 'event',
        durationThreshold: 16,
        buffered: true,
      } as PerformanceObserverInit);
    });
    await mainButton(page).click();
    await says(page, 'Round 1 sends every page once');
    const slider = page.getByRole('slider', { name: 'Write rate' });
    for (let i = 0; i < 12; i++) {
      await slider.press(i % 2 === 0 ? 'ArrowRight' : 'ArrowLeft');
      await page.waitForTimeout(130);
    }
    await mainButton(page).click();
    expect(await mainButton(page).innerText()).toBe('Play');
    await page.waitForTimeout(500);
    const delays = await page.evaluate(() => (window as unknown as Delays).delays);
    expect(delays.length).toBeGreaterThan(8);
    expect(Math.max(...delays)).toBeLessThanOrEqual(100);
    expect(troubles).toEqual([]);
  });
});

describe('what is loaded', () => {
  it('is at most 60 kB of script at first, and 260 kB in all, compressed', async () => {
    const { gzipSync } = await import('node:zlib');
    const { page } = await open();
    const sizes = new Map<string, number>();
    page.on('response', async (response) => {
      const body = await response.body().catch(() => Buffer.alloc(0));
      sizes.set(
        new URL(response.url()).pathname.split('/').at(-1) ?? '',
        gzipSync(body, { level: 9 }).length,
      );
    });
    await page.reload();
    await ready(page);
    await migrate(page);
    const html = await page.content();
    const initial = [...html.matchAll(/<script[^>]+src="[^"]*\/([^"/]+\.js)"/g)].map(
      ([, name]) => sizes.get(name) ?? 0,
    );
    expect(initial.length).toBeGreaterThan(0);
    expect(initial.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
    const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    expect(all).toBeGreaterThan(100_000);
    expect(all).toBeLessThanOrEqual(260_000);
  });
});
