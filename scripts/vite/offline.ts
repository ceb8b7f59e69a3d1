/** Adds the service worker to a build: its script, before it the list of every file of the build. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, transformWithOxc } from 'vite';

const SOURCE = 'workers/offline.ts';

export function offline(): Plugin {
  let root = '';
  let publicDir = '';
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      ({ root, publicDir } = config);
    },
    async generateBundle(_, bundle) {
      const path = join(root, SOURCE);
      const { code } = await transformWithOxc(readFileSync(path, 'utf8'), path);
      const built = Object.values(bundle).map((file) => ({
        name: file.fileName === 'index.html' ? './' : file.fileName,
        content: file.type === 'chunk' ? file.code : file.source,
      }));
      const given = filesBelow(publicDir).map((name) => ({
        name,
        content: readFileSync(join(publicDir, name)),
      }));
      const files = [...built, ...given].sort((a, b) => (a.name < b.name ? -1 : 1));
      const version = createHash('sha256');
      for (const { name, content } of files) version.update(name).update(content);
      const names = JSON.stringify(files.map(({ name }) => name));
      this.emitFile({
        type: 'asset',
        fileName: 'offline.js',
        source: [
          `const OFFLINE_FILES = ${names};`,
          `const OFFLINE_VERSION = "${version.digest('hex').slice(0, 16)}";`,
          code,
        ].join('\n'),
      });
    },
  };
}

/** POSIX paths from `folder` on. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'));
}
