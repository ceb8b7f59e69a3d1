// Guards the lock file: complete for every platform, every package with its checksum, nothing from
// outside the registry, no registry's address, nothing that runs a script when installed.
// A registry that lags behind for some platform makes npm leave that package out silently, and
// `npm ci` then fails everywhere: pin the main package to a version that all platforms have.
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ version?: string, resolved?: string, integrity?: string, link?: boolean,
 *   hasInstallScript?: boolean, dependencies?: Record<string, string>,
 *   devDependencies?: Record<string, string>, optionalDependencies?: Record<string, string>,
 *   inBundle?: boolean, dev?: boolean }} LockEntry
 */

/** Where Node would find `name` for the package at `from`, going up through node_modules. */
function resolves(
  /** @type {Record<string, LockEntry>} */ packages,
  /** @type {string} */ from,
  /** @type {string} */ name,
) {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
  ) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined)
      return true;
    if (folder === '') return false;
  }
}

/** @returns {string[]} */
function entryTroubles(/** @type {string} */ path, /** @type {LockEntry} */ entry) {
  const troubles = [];
  if (entry.link) troubles.push(`${path} is a link to a folder`);
  if (!entry.inBundle && !entry.integrity?.startsWith('sha512-')) {
    troubles.push(`${path} has no sha512 checksum`);
  }
  if (entry.resolved !== undefined)
    troubles.push(`${path} names where it came from: ${entry.resolved}`);
  if (entry.hasInstallScript) troubles.push(`${path} runs a script when it is installed`);
  return troubles;
}

/** @returns {string[]} one line per trouble */
export function lockTroubles(/** @type {{ packages: Record<string, LockEntry> }} */ lock) {
  const troubles = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path !== '') troubles.push(...entryTroubles(path, entry));
    const wanted = { ...entry.dependencies, ...entry.optionalDependencies };
    for (const [name, range] of Object.entries(wanted)) {
      if (!resolves(lock.packages, path, name))
        troubles.push(`${path} needs ${name} ${range}, which the lock file lacks`);
      if (/^(git|https?|file|github):|^[\w-]+\/[\w-]+/.test(range))
        troubles.push(`${path} takes ${name} from outside the registry: ${range}`);
    }
  }
  return troubles;
}

/** @returns {string[]} dependencies of package.json that are not one exact version */
export function looseVersions(/** @type {LockEntry} */ manifest) {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
  return Object.entries(wanted)
    .filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))
    .map(([name, range]) => `package.json: ${name} ${range} is not one exact version`);
}

/** @returns {string[]} */
export function projectLockTroubles(root = new URL('..', import.meta.url)) {
  const read = (/** @type {string} */ name) =>
    JSON.parse(readFileSync(new URL(name, root), 'utf8'));
  return [...lockTroubles(read('package-lock.json')), ...looseVersions(read('package.json'))];
}

if (process.argv[1]?.endsWith('check-lock.mjs')) {
  const troubles = projectLockTroubles();
  for (const line of troubles) console.error(`lock: ${line}`);
  process.exitCode = troubles.length === 0 ? 0 : 1;
}
