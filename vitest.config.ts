import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findBrowser } from './scripts/find-browser.mjs';
import { BROWSER_ARGUMENTS } from './test/support/browser-arguments.ts';
import { compilation } from './vite.config.ts';

const executablePath = await findBrowser();

/** Groups run one after another, so that the page's own timing is measured on a quiet machine. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          setupFiles: ['test/support/equal-bytes.ts'],
          environment: 'node',
          include: ['test/{unit,contract,golden,fuzz,tidy,vectors}/**/*.test.ts'],
          testTimeout: 90_000,
          // Unasked, a core is left idle: on a machine of two, half of it.
          maxWorkers: '100%',
          // The files of a worker share its modules: loaded anew for each they took 140 s of the cores'
          // time. What a module keeps is code that came late; workers that start without it have
          // `placement.test.ts`.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...compilation,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.{ts,tsx}'],
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({
              contextOptions: { locale: 'en-US' },
              launchOptions: {
                ...(executablePath === undefined ? {} : { executablePath }),
                args: BROWSER_ARGUMENTS,
              },
            }),
          },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/serve-site.ts'],
          testTimeout: 300_000,
          // What is polled comes when a busy machine gets to it.
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
