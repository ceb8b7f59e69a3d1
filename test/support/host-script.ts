/** Builds the host's worker for Node, which runs no TypeScript, and gives its path. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function buildHostScript(): Promise<string> {
  const outDir = `${root}.cache/node-host`;
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: { ssr: 'workers/host.node.ts', outDir, emptyOutDir: true, target: 'node20' },
    ssr: { noExternal: true },
  });
  return `${outDir}/host.node.js`;
}
