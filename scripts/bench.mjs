// `npm run bench`: guest speed against v86 in one run, logging, logs and pages, as ratios. Needs gcc
// with -m32 for the guest programs. Nothing is asserted: figures depend on the machine.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The TypeScript of the benchmarks as one module that Node can run; v86 stays a package. */
async function bundle(/** @type {string} */ folder) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: 'test/bench/main.ts',
      outDir: folder,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
    },
  });
  return pathToFileURL(join(folder, 'main.mjs')).href;
}

async function main() {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'bench-'));
  try {
    const { bench } = await import(await bundle(folder));
    await bench({ programs: join(root, 'test/bench/programs') });
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exit((await setup()) && (await main()) ? 0 : 1);
