import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildEnvironmentOptions, defineConfig, type Plugin, type UserConfig } from 'vite';
import { offline } from './scripts/vite/offline.ts';
import { pixiParts } from './scripts/vite/pixi-parts.ts';
import { singleFile } from './scripts/vite/single-file.ts';

/** The page's policy is written once, as the first element of its head; the servers here repeat it as a header. */
const page = readFileSync(new URL('index.html', import.meta.url), 'utf8');
const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? '';
if (policy === '') throw new Error('index.html has no content security policy');

/** While developing, Vite puts style sheets into the page as <style> elements. */
const developmentPolicy = policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

/** What a meta element cannot say: framing, and powers this page never needs. */
const headers = (contentPolicy: string) => ({
  'Content-Security-Policy': `${contentPolicy}; frame-ancestors 'self'`,
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
});

const policyWhileDeveloping: Plugin = {
  name: 'policy-while-developing',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(policy, developmentPolicy),
};

const jsx = { runtime: 'automatic', importSource: 'preact' } as const;

/**
 * What is needed at once is one file: in forty, shared out among what comes later, it compresses a
 * seventh worse.
 */
const initialAsOne = (name: string): NonNullable<BuildEnvironmentOptions['rolldownOptions']> => ({
  output: { codeSplitting: { groups: [{ name, tags: ['$initial'] }] } },
});

/** How sources are compiled: also in the tests that run in a browser, which have pages of their own. */
export const compilation: UserConfig = {
  oxc: { jsx },
  worker: { format: 'es', rolldownOptions: initialAsOne('lab') },
  // Packages first met inside a worker or a lazy chunk would otherwise reload the page once.
  optimizeDeps: {
    rolldownOptions: { transform: { jsx } },
    include: [
      '@codemirror/commands',
      '@codemirror/language',
      '@codemirror/lint',
      '@codemirror/state',
      '@codemirror/view',
      '@lezer/highlight',
      '@noble/hashes/sha2.js',
      'comlink',
      'pixi.js',
      'pixi.js/unsafe-eval',
      'preact',
      'tinykeys',
      'valibot',
      'zustand/vanilla',
    ],
  },
};

/** `--mode single`: everything in one HTML file. */
export default defineConfig(({ mode }) => ({
  ...compilation,
  // Relative addresses: the built page works from any folder of any static server.
  base: './',
  build: {
    target: 'es2023',
    modulePreload: {
      polyfill: false,
      // The list of what late views import would weigh half a kilobyte in the first script. The drawing
      // is awaited; of the others only style sheets are named.
      resolveDependencies: (file, files) =>
        file.includes('start-stage') ? files : files.filter((name) => name.endsWith('.css')),
    },
    // What the first look needs is one file: in forty, shared out among the late views, it
    // compresses a seventh worse.
    rolldownOptions: {
      // The texts of src/ui/strings go back to where they are said.
      optimization: { inlineConst: { mode: 'all' } },
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
  },
  server: { headers: headers(developmentPolicy) },
  preview: { headers: headers(policy) },
  plugins: [
    policyWhileDeveloping,
    pixiParts(),
    mode === 'single' ? singleFile(fileURLToPath(new URL('.', import.meta.url))) : offline(),
  ],
}));
