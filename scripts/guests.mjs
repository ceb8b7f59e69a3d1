// Builds the guest programs with the machine's own gcc, into public/guests or the folder given: the
// polled guests from one source file each, the PC guests from the kernel and one workload each, and
// the manifest of all. The same compiler and linker give the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ workingSetPages: number, writesPerSecond: number, localityPercent: number,
 *   thinkTimeMs: number }} Defaults
 * @typedef {{ name: string, title: string, memoryMiB: number, devices: 'none' | 'pc',
 *   dirties: string, rate: string, parameters: string[], defaults?: Defaults }} Guest
 */

const root = fileURLToPath(new URL('..', import.meta.url));

const words = (/** @type {string} */ text) => text.split(/\s+/);

// No CMOV, CMPXCHG8B or PAE: a 486 runs them. Debian's gcc would take i686 by default.
const COMPILE = words(
  '-m32 -march=i486 -O2 -std=gnu11 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-pie ' +
    '-fno-stack-protector -fno-asynchronous-unwind-tables -mno-sse -mno-mmx -Iguests',
);
const LINK = words('-m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack');
const STRIP = '-s';
/** The kernel's variables that the page shows: where they lie is noted in the manifest. */
const NOTED = ['neighbours'];
/** Functions that the kernel and each workload have a copy of, on pages of their own. */
const COMMON = ['memory', 'text'];

/** What built the guests: two of these being equal, so are the guests. */
export function toolchain() {
  const version = (/** @type {string} */ tool) =>
    execFileSync(tool, ['--version'], { encoding: 'utf8' }).split('\n')[0];
  return `${version('gcc')}, ${version('ld')}`;
}

function run(/** @type {string} */ tool, /** @type {string[]} */ ...args) {
  execFileSync(tool, args, { cwd: root, stdio: 'inherit' });
}

function buildPolled(/** @type {Guest} */ { name }, /** @type {string} */ file) {
  const sources = ['boot.S', 'guest.c', `${name}.c`].map((source) => `guests/${source}`);
  run('gcc', ...COMPILE, ...LINK, STRIP, '-Wl,-T,guests/link.ld', ...sources, '-o', file);
}

/** Addresses of the noted variables in an executable that was not stripped. */
function symbolsOf(/** @type {string} */ file) {
  const listed = execFileSync('nm', [file], { encoding: 'utf8' }).split('\n');
  return Object.fromEntries(
    NOTED.map((name) => {
      const line = listed.find((text) => text.endsWith(` ${name}`));
      if (line === undefined) throw new Error(`${file} has no ${name}`);
      return [name, `0x${line.slice(0, 8)}`];
    }),
  );
}

/** Compiles to objects in a folder for the time of the build. */
function objectMaker(/** @type {string} */ folder) {
  return (/** @type {string} */ source, /** @type {string[]} */ ...options) => {
    const object = join(folder, `${source.replace(/\W/g, '-')}.o`);
    run('gcc', ...COMPILE, ...options, '-c', `guests/${source}`, '-o', object);
    return object;
  };
}

/**
 * The part in ring 3 as one object: its sections renamed, so that the linker script gives them pages
 * of their own, and its names hidden, so that neither part can call the other's functions.
 */
function linkWorkload(/** @type {string[]} */ objects, /** @type {string} */ file) {
  run('ld', '-m', 'elf_i386', '-r', ...objects, '-o', file);
  const kept = ['workload_start', 'workload_stack', 'workload_name', 'parameters'];
  const keep = kept.map((name) => `--keep-global-symbol=${name}`);
  run('objcopy', ...keep, '--prefix-alloc-sections=.user', file);
}

function pcBuilder(/** @type {string} */ folder) {
  const object = objectMaker(folder);
  const kernelSources = readdirSync(join(root, 'guests/kernel'))
    .filter((name) => /\.[cS]$/.test(name) && name !== 'parameters.c')
    .sort();
  const common = COMMON.map((name) => object(`${name}.c`));
  const kernel = [object('boot.S'), ...kernelSources.map((name) => object(`kernel/${name}`))];
  const library = object('workloads/library.c');
  return (/** @type {Guest} */ { name, defaults }, /** @type {string} */ file) => {
    if (defaults === undefined) throw new Error(`guests.json gives no defaults for ${name}`);
    const definitions = Object.entries(defaults).map(
      ([key, value]) => `-D${key.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}=${value}`,
    );
    const parameters = object('kernel/parameters.c', ...definitions);
    const workload = join(folder, 'workload.o');
    linkWorkload([object(`workloads/${name}.c`), library, ...common], workload);
    const objects = [...kernel, ...common, parameters, workload];
    const link = (/** @type {string[]} */ ...options) =>
      run('gcc', ...LINK, ...options, '-Wl,-T,guests/kernel/link.ld', ...objects);
    link(STRIP, '-o', file);
    const whole = join(folder, 'whole.elf');
    link('-o', whole);
    return symbolsOf(whole);
  };
}

/** @returns how many were built */
export function buildGuests(/** @type {string} */ output) {
  /** @type {Guest[]} */
  const guests = JSON.parse(readFileSync(join(root, 'guests/guests.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'vm-ferry-guests-'));
  try {
    mkdirSync(output, { recursive: true });
    const buildPc = pcBuilder(folder);
    const built = guests.map((guest) => {
      const file = join(output, `${guest.name}.elf`);
      const symbols = guest.devices === 'pc' ? buildPc(guest, file) : buildPolled(guest, file);
      const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
      return { ...guest, file: `${guest.name}.elf`, sha256, ...(symbols && { symbols }) };
    });
    const manifest = { compiler: toolchain(), guests: built };
    writeFileSync(join(output, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    return built.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = buildGuests(process.argv[2] ?? join(root, 'public/guests'));
  console.log(`built ${count} guests with ${toolchain()}`);
}
