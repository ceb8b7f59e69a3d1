// TypeScript that a script runs in Node: bundled aside into one module, imported, and removed.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Hands the module's exports to `use`; what it imports stays on disk until `use` is over.
 * @template Result
 * @param {string} entry from the project's root
 * @param {(module: any) => Result | Promise<Result>} use
 */
export async function withBundle(entry, use) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'bundle-'));
  try {
    const { build } = await import('vite');
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      publicDir: false,
      build: {
        ssr: entry,
        outDir: folder,
        target: 'node20',
        minify: false,
        rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
      },
    });
    return await use(await import(pathToFileURL(join(folder, 'main.mjs')).href));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
