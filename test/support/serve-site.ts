/**
 * Before the end-to-end tests: builds the page for production, as a visitor gets it, and serves it
 * from a folder below the root, since it must work from any sub-path.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the built page, with a final slash. */
    readonly site: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const SITE = '.cache/site';
const SUB_PATH = '/courses/os/ferry/';

/** In a process of its own: under a test runner the libraries' development builds would be taken. */
function buildSite(): void {
  const vite = ['node_modules/vite/bin/vite.js', 'build', '--outDir', SITE, '--emptyOutDir'];
  execFileSync(process.execPath, [...vite, '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', VITEST: '' },
    stdio: 'inherit',
  });
}

export default async function serveSite(project: TestProject): Promise<() => Promise<void>> {
  try {
    buildSite();
  } catch {
    // Fails every end-to-end test, and nothing else of the run.
    project.provide('site', 'http://the-build-failed.invalid/');
    return async () => {};
  }
  const server = await preview({
    root,
    base: SUB_PATH,
    build: { outDir: SITE },
    preview: { port: 0, strictPort: false },
    logLevel: 'warn',
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('the site has no port');
  project.provide('site', `http://localhost:${address.port}${SUB_PATH}`);
  return () => server.close();
}
