// Makes `npm start` and `npm test` work on a fresh clone: checks Node.js, installs the packages of
// the lock file when they are missing or others, and with --browser sees to a browser. Only Node's
// own modules may be used here. Says nothing when all is well; progress goes to standard error.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBrowser, UNPACKED_BROWSER } from './find-browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Chromium as an npm package: the last resort, for Linux on x64 without root and without a download server. */
const PACKAGED_BROWSER = '@sparticuz/chromium@153.0.0';

const say = (/** @type {string} */ line) => process.stderr.write(`setup: ${line}\n`);

/** Runs a program with its output on our standard error. */
function run(/** @type {string} */ program, /** @type {string[]} */ args, env = process.env) {
  const options = { cwd: root, env, shell: program.endsWith('.cmd') };
  const { status } = spawnSync(program, args, { ...options, stdio: ['ignore', 2, 2] });
  return status === 0;
}

function npm(/** @type {string[]} */ args) {
  const npmScript = process.env.npm_execpath;
  if (npmScript?.endsWith('.js') || npmScript?.endsWith('.cjs')) {
    return run(process.execPath, [npmScript, ...args]);
  }
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

/** @returns {string | undefined} what is wrong with this Node.js */
export function nodeTrouble(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fine = major >= 23 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  return fine
    ? undefined
    : `Node.js ${version} is too old for the build tools. Install Node.js 20.19, 22.12 or later from https://nodejs.org.`;
}

function packagesOf(/** @type {string} */ file) {
  /** @type {Record<string, { version?: string, integrity?: string, optional?: boolean }>} */
  const packages = JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
}

/** Does node_modules hold what the lock file says, platform packages of other systems aside? */
export function packagesMatchLock() {
  let installed;
  try {
    installed = packagesOf('node_modules/.package-lock.json');
  } catch {
    return false;
  }
  const locked = packagesOf('package-lock.json');
  const missing = [...locked].some(([path, entry]) => !installed.has(path) && !entry.optional);
  const strange = [...installed].some(
    ([path, entry]) => locked.get(path)?.version !== entry.version,
  );
  return !missing && !strange;
}

function installPackages() {
  if (packagesMatchLock()) return true;
  say('installing the packages of package-lock.json (npm ci) …');
  return npm(['ci', '--no-audit', '--no-fund']);
}

/** apt-get, as root or where sudo asks for no password. */
function aptInstall(/** @type {string[]} */ packages) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (/** @type {string[]} */ ...args) => {
    const [program = 'apt-get', ...rest] = [...sudo, 'apt-get', ...args];
    return run(program, rest, { ...process.env, DEBIAN_FRONTEND: 'noninteractive' });
  };
  return apt('update', '-q') && apt('install', '-y', '-q', '--no-install-recommends', ...packages);
}

const hasApt = () => spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;

/** Unpacks the packaged Chromium beside the project, leaving package.json and the lock file alone. */
async function unpackPackagedBrowser() {
  const folder = join(root, '.browser');
  mkdirSync(folder, { recursive: true });
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  if (!npm(['install', '--prefix', folder, ...flags, PACKAGED_BROWSER])) return false;
  const entry = createRequire(join(folder, 'anchor.js')).resolve('@sparticuz/chromium');
  const { default: packaged } = await import(pathToFileURL(entry).href);
  const unpacked = await packaged.executablePath();
  mkdirSync(dirname(UNPACKED_BROWSER), { recursive: true });
  copyFileSync(unpacked, UNPACKED_BROWSER);
  chmodSync(UNPACKED_BROWSER, 0o755);
  return true;
}

async function installBrowser() {
  if ((await findBrowser()) !== undefined) return true;
  if (process.env.CHROME_PATH) {
    say(`CHROME_PATH names ${process.env.CHROME_PATH}, which does not start. Correct or unset it.`);
    return false;
  }
  const ways = [
    process.platform === 'linux' && hasApt() && (() => aptInstall(['chromium'])),
    () =>
      run(process.execPath, [
        'node_modules/playwright/cli.js',
        'install',
        '--no-shell',
        'chromium',
      ]),
    process.platform === 'linux' && process.arch === 'x64' && unpackPackagedBrowser,
  ];
  say('no Chrome, Chromium or Edge found: installing one for the tests …');
  for (const way of ways) {
    if (way && (await way()) && (await findBrowser()) !== undefined) return true;
  }
  say('no browser could be installed. Install Chrome or Chromium, or set CHROME_PATH to one.');
  return false;
}

/** @returns {Promise<boolean>} false after saying what is wrong */
export async function setup({ browser = false } = {}) {
  const trouble = nodeTrouble();
  if (trouble !== undefined) {
    say(trouble);
    return false;
  }
  if (!installPackages()) {
    say('npm ci failed: see above. A working network is needed the first time.');
    return false;
  }
  return !browser || (await installBrowser());
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  const done = await setup({ browser: process.argv.includes('--browser') });
  process.exitCode = done ? 0 : 1;
}
