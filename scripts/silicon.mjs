// `npm run silicon -- --seed N --count M`: random instructions on this machine's processor (x86-64
// Linux with gcc -m32) and on the toy's; fails on any difference that the table of what is undefined
// does not allow. `--write FILE` records them as the committed set is.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The TypeScript of the judge as one module that Node can run. */
async function bundle(/** @type {string} */ folder) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: 'test/silicon/main.ts',
      outDir: folder,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
    },
  });
  return pathToFileURL(join(folder, 'main.mjs')).href;
}

const whole = (/** @type {string} */ name, /** @type {string} */ text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} ${text}: a whole number is needed`);
  return value;
};

async function main() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '200000' },
      write: { type: 'string' },
    },
  });
  const options = {
    seed: whole('seed', values.seed),
    count: whole('count', values.count),
    write:
      values.write === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', values.write),
  };
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'silicon-'));
  try {
    const { runSilicon } = await import(await bundle(folder));
    return runSilicon(join(root, 'test/silicon/recorder.c'), options) === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = (await setup()) && (await main()) ? 0 : 1;
