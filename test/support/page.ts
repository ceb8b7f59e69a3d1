/** One browser for a test file, and pages in it that fail the test when the page itself fails. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { findBrowser } from '../../scripts/find-browser.mjs';
import { BROWSER_ARGUMENTS } from './browser-arguments.ts';

export interface OpenPage {
  readonly page: Page;
  /** Errors and policy violations so far: a test ends by expecting none. */
  readonly troubles: readonly string[];
}

/** A busy machine is slow, not wrong. */
const PATIENCE_MS = 90_000;

/** Starts the machine's browser around a file's tests; the returned function opens the built page. */
export function useBrowser(): (
  path?: string,
  options?: BrowserContextOptions,
) => Promise<OpenPage> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath = await findBrowser();
    if (executablePath === undefined)
      throw new Error('no browser: run node scripts/setup.mjs --browser');
    browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
  });
  // A page left in the middle of a run would go on and slow the next test.
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  });
  afterAll(() => browser?.close());

  return async (path = '', options = {}) => {
    if (browser === undefined) throw new Error('a page can only be opened inside a test');
    // Kept files are the offline test's own subject; elsewhere keeping them would only cost time.
    const context = await browser.newContext({
      locale: 'en-US',
      serviceWorkers: 'block',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const troubles = watch(page);
    await page.goto(inject('site') + path);
    return { page, troubles };
  };
}

function watch(page: Page): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`page error: ${error.message}`));
  page.on('requestfailed', (request) => troubles.push(`not loaded: ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()}: ${response.url()}`);
  });
  // Chromium writes policy violations, also those of workers, to the console as errors.
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  return troubles;
}
