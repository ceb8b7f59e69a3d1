// `npm run harden [-- --runs N --seed S]`: damages every kind of input, 100,000 mutants a parser, and
// prints what became of them. Status 1: something broke, hung or asked for too much memory.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The TypeScript as one module that Node can run. */
async function bundle(/** @type {string} */ folder) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: 'test/hardening/main.ts',
      outDir: folder,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
    },
  });
  return pathToFileURL(join(folder, 'main.mjs')).href;
}

/** A whole number from 1, or the program ends with what is wrong. */
function whole(/** @type {string} */ name, /** @type {string} */ text) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number from 1 to 999999999, got "${text}"`);
  process.exit(2);
}

async function main(/** @type {number} */ runs, /** @type {number} */ seed) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'harden-'));
  try {
    const { main: harden } = await import(await bundle(folder));
    return await harden(runs, seed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
const runs = whole('runs', values.runs);
const seed = whole('seed', values.seed);
process.exit((await setup()) && (await main(runs, seed)) ? 0 : 1);
