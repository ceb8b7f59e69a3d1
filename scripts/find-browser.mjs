// Finds a Chromium-family browser on this machine, without any package installed. Shared by
// set-up, the browser tests and the screenshots. Order: CHROME_PATH, the usual places of the
// system, the copy that Playwright or a set-up put on this machine.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Where set-up unpacks a browser that came as an npm package. */
export const UNPACKED_BROWSER = join(root, '.browser', 'chromium');

const LINUX_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_APPS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
];

/** @returns {string[]} paths at which this system keeps its browsers, whether there or not */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return MAC_APPS.flatMap((app) =>
      ['/Applications', join(homedir(), 'Applications')].map((folder) =>
        join(folder, `${app}.app`, 'Contents', 'MacOS', app),
      ),
    );
  }
  if (process.platform === 'win32') {
    const folders = [
      process.env.PROGRAMFILES,
      process.env['PROGRAMFILES(X86)'],
      process.env.LOCALAPPDATA,
    ];
    return WINDOWS_APPS.flatMap((parts) =>
      folders.flatMap((folder) => (folder === undefined ? [] : [join(folder, ...parts)])),
    );
  }
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  return LINUX_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** A file of that name may be a wrapper that only prints how to install the browser. */
function runs(/** @type {string} */ path) {
  if (!existsSync(path)) return false;
  if (process.platform === 'win32') return true; // chrome.exe --version opens a window there
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/** Playwright's own browser, when Playwright is installed and has one. */
async function playwrightBrowser() {
  try {
    const { chromium } = await import('playwright');
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}

/** @returns {Promise<string | undefined>} path of a browser that starts */
export async function findBrowser() {
  const named = process.env.CHROME_PATH;
  if (named !== undefined && named !== '') return runs(named) ? named : undefined;
  const system = [...new Set(usualPlaces())].find(runs);
  if (system !== undefined) return system;
  const ours = [await playwrightBrowser(), UNPACKED_BROWSER];
  return ours.find((path) => path !== undefined && runs(path));
}
