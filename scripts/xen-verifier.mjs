/**
 * Xen's own checker of domain images, `verify-stream-v2`: pure Python, unpacked from Debian's
 * package of Xen's tools into `.cache/`, not installed. Prints its folder, or says why it is not there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = join(dirname(fileURLToPath(import.meta.url)), '..', '.cache', 'xen-utils');
/** The Xen whose formats the Xen-like host writes. */
const WANTED = 'xen-utils-4.17';

/** @type {(command: string, args: readonly string[], cwd?: string) => string} */
const run = (command, args, cwd = '.') =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The unpacked folder `usr/lib/xen-…`. */
function unpacked() {
  const lib = join(cache, 'usr', 'lib');
  if (!existsSync(lib)) return undefined;
  const name = readdirSync(lib).find((entry) =>
    existsSync(join(lib, entry, 'bin', 'verify-stream-v2')),
  );
  return name === undefined ? undefined : join(lib, name);
}

/** Folder of the checker, fetched when it is not there yet; throws when it cannot be had. */
export function findXenVerifier() {
  run('python3', ['--version']);
  const found = unpacked();
  if (found !== undefined) return found;
  mkdirSync(cache, { recursive: true });
  run('apt-get', ['download', WANTED], cache);
  for (const file of readdirSync(cache).filter((name) => name.endsWith('.deb'))) {
    run('dpkg', ['-x', join(cache, file), cache]);
    rmSync(join(cache, file));
  }
  const folder = unpacked();
  if (folder === undefined) throw new Error(`${WANTED} holds no verify-stream-v2`);
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(findXenVerifier());
  } catch (error) {
    const [reason] = String(error).split('\n');
    console.error(`verify-stream-v2 cannot be had: ${reason}`);
    process.exitCode = 1;
  }
}
