import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { mainButton, ready, runToEnd, says } from '../support/ferry-page.ts';
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

/** A server between page and site that counts: the browser's own events leave out what workers load. */
async function countingServer() {
  const sizes = new Map<string, number>();
  const site = new URL(inject('site'));
  const server = createServer(async (request, response) => {
    // What is kept for later, without a network, is loaded after the first migration and not for it.
    if (request.url?.endsWith('/offline.js')) {
      response.writeHead(404).end();
      return;
    }
    const answer = await fetch(new URL(request.url ?? '/', site));
    const body = Buffer.from(await answer.arrayBuffer());
    const name = new URL(request.url ?? '/', site).pathname.split('/').at(-1) ?? '';
    sizes.set(name, gzipSync(body, { level: 9 }).length);
    response.writeHead(answer.status, {
      'Content-Type': answer.headers.get('content-type') ?? 'application/octet-stream',
    });
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port to count at');
  return { sizes, url: `http://localhost:${address.port}${site.pathname}` };
}

const sum = (sizes: Iterable<number>) => [...sizes].reduce((total, size) => total + size, 0);

describe('what is loaded', () => {
  // Of what WebGL loads, the lab's worker is 130 kB, Pixi 62, what the page starts with 56.
  it.each([
    { renderer: 'webgl', most: 260_000 },
    { renderer: 'canvas', most: 200_000 },
  ])(
    'is at most 60 kB of script at first, and $most bytes in all, compressed, with $renderer',
    async ({ renderer, most }) => {
      const { sizes, url } = await countingServer();
      const { page } = await open();
      await page.goto(`${url}?renderer=${renderer}`);
      await ready(page);
      await mainButton(page).click();
      await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
      // Software draws WebGL too slowly to wait for the end; whether more comes by then, canvas tells.
      if (renderer === 'canvas') await runToEnd(page);
      // The script, and what it imports before it runs.
      const html = await (await fetch(url)).text();
      const tags = html.matchAll(
        /<(?:script|link rel="modulepreload")[^>]* (?:src|href)="[^"]*\/([^"/]+\.js)"/g,
      );
      const initial = new Set([...tags].map(([, name]) => name));
      expect(initial.size).toBeGreaterThan(0);
      const all = sum(sizes.values());
      const script = sum([...initial].map((name) => sizes.get(name ?? '') ?? 0));
      console.log(`${renderer}: ${script} bytes of script at first, ${all} in all`);
      expect(script).toBeLessThanOrEqual(60_000);
      expect([...sizes.keys()].some((name) => name.startsWith('lab.worker'))).toBe(true);
      // Pixi only where it draws.
      const pixi = [...sizes.keys()].some((name) => name.startsWith('pixi-surface'));
      expect(pixi).toBe(renderer === 'webgl');
      expect(all).toBeLessThanOrEqual(most);
    },
  );
});
