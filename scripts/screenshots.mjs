// Pictures of the built page before, during and after a migration, in both themes, on a laptop and a
// phone: `node scripts/screenshots.mjs [folder]`. They are for looking at, and for the README.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findBrowser } from './find-browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SITE = '.cache/screenshots-site';
const SCREENS = [
  { name: 'laptop', viewport: { width: 1366, height: 768 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
];
const THEMES = /** @type {const} */ (['light', 'dark']);

function build() {
  const vite = ['node_modules/vite/bin/vite.js', 'build', '--outDir', SITE, '--emptyOutDir'];
  execFileSync(process.execPath, [...vite, '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'inherit',
  });
}

/** Waits until the headline says `text`. */
async function headline(/** @type {import('playwright').Page} */ page, /** @type {string} */ text) {
  await page.locator('#headline', { hasText: text }).waitFor();
}

/** One migration, pictured in four moments. */
async function story(
  /** @type {import('playwright').Page} */ page,
  /** @type {(moment: string) => Promise<unknown>} */ shoot,
) {
  await headline(page, 'One press moves it');
  await page.waitForTimeout(500);
  await shoot('before');
  const main = page.locator('#main-button');
  await main.click();
  await headline(page, 'Round 2');
  await page.waitForTimeout(900);
  await shoot('during');
  await main.focus();
  await page.keyboard.press('End');
  await page.getByRole('button', { name: 'Run again', exact: true }).waitFor();
  await page.waitForTimeout(700);
  await shoot('after');
  await page.getByRole('button', { name: 'Stop and copy', exact: true }).click();
  await headline(page, 'The VM is paused');
  await page.waitForTimeout(2500);
  await shoot('compared');
}

async function main(/** @type {string} */ folder) {
  build();
  mkdirSync(folder, { recursive: true });
  const server = await preview({
    root,
    build: { outDir: SITE },
    preview: { port: 0 },
    logLevel: 'warn',
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('the site has no port');
  const executablePath = await findBrowser();
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
  for (const { name, viewport } of SCREENS) {
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({ viewport, colorScheme, locale: 'en-US' });
      const page = await context.newPage();
      await page.goto(`http://localhost:${address.port}/`);
      await story(page, (moment) =>
        page.screenshot({ path: join(folder, `${name}-${colorScheme}-${moment}.png`) }),
      );
      await context.close();
    }
  }
  await browser.close();
  await server.close();
}

await main(process.argv[2] ?? join(root, 'test', 'screenshots', 'out'));
