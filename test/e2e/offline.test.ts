import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright';
import { preview } from 'vite';
import { describe, expect, it } from 'vitest';
import { migrate, ready } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();
const root = fileURLToPath(new URL('../..', import.meta.url));

const golden: string = JSON.parse(
  readFileSync(join(root, 'test/golden/presets/converges.json'), 'utf8'),
).traceHash.slice(0, 16);

async function fingerprint(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).click();
  const code = page.locator('.fingerprint code');
  // Escape closes a dialog that is open, not one that is about to be.
  await code.waitFor();
  const print = await code.innerText();
  await page.keyboard.press('Escape');
  return print;
}

describe('without a network', () => {
  it('the page opens again after the first visit, migrates, and loads what it had not shown yet', async () => {
    const server = await preview({
      root,
      base: '/offline/',
      build: { outDir: '.cache/site' },
      preview: { port: 0 },
      logLevel: 'warn',
    });
    const address = server.httpServer.address();
    if (address === null || typeof address === 'string') throw new Error('the site has no port');
    const { page } = await open('', { serviceWorkers: 'allow' });
    await page.goto(`http://localhost:${address.port}/offline/`);
    await ready(page);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller)
        await new Promise((resolve) =>
          navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
        );
    });
    await server.close();
    await page.reload();
    await ready(page);
    await migrate(page);
    expect(await fingerprint(page)).toBe(golden);
    await page.getByRole('button', { name: 'Lessons' }).click();
    await page.getByRole('heading', { name: 'Lessons' }).waitFor();
    await page.getByRole('link', { name: 'Pull: run first, fetch later' }).click();
    await ready(page);
  });

  it('one file runs from a disk: the same migration, nothing asked of anybody', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usb stick '));
    try {
      const flags = ['build', '--mode', 'single', '--outDir', '.cache/single', '--emptyOutDir'];
      execFileSync('node', ['node_modules/vite/bin/vite.js', ...flags, '--logLevel', 'error'], {
        cwd: root,
        env: { ...process.env, NODE_ENV: 'production', VITEST: '' },
        stdio: 'inherit',
      });
      const file = join(folder, 'vm-ferry.html');
      copyFileSync(join(root, '.cache/single/vm-ferry.html'), file);
      const { page, troubles } = await open('', { serviceWorkers: 'allow' });
      // The page opened first has loaded all that it wants, and is left.
      await ready(page);
      await page.goto('about:blank');
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      await ready(page);
      await migrate(page);
      expect(await fingerprint(page)).toBe(golden);
      const elsewhere = asked.filter((url) => !/^(file|blob|data):/.test(url));
      expect(elsewhere).toEqual([]);
      expect(troubles).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
