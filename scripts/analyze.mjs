/**
 * `npm run analyze`: QEMU's own checker of its streams, `scripts/analyze-migration.py`, on streams of
 * both machines. It comes from Debian's package of QEMU's source (23 MB, fetched once; only the script
 * is kept, in `.cache/`). Status 1: it refuses a stream, reads something else out of it than we do,
 * takes a damaged one, or cannot be had.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.cache', 'qemu-source');
const checker = join(cache, 'analyze-migration.py');

/** The QEMU of Debian bookworm, whose source keeps its name for as long as the release lives. */
const SOURCE = {
  path: '/pool/main/q/qemu/qemu_7.2+dfsg.orig.tar.xz',
  sha256: '91aca71520040edc40b8d437aa3004dae614f58e286cf653ee8996c07af2962f',
};

/** The mirror that this machine takes its packages from, by the place of one that every system has. */
function mirror() {
  const line = execFileSync('apt-get', ['--print-uris', 'download', 'base-files'], {
    encoding: 'utf8',
  });
  const found = /'(https?:[^']*?)\/pool\//.exec(line)?.[1];
  if (found === undefined) throw new Error(`apt-get names no mirror: ${line}`);
  return found;
}

async function fetchChecker() {
  if (existsSync(checker)) return;
  mkdirSync(cache, { recursive: true });
  const url = mirror() + SOURCE.path;
  console.log(`fetching ${url}`);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== SOURCE.sha256) throw new Error(`${url}: SHA-256 is ${found}, not ${SOURCE.sha256}`);
  const archive = join(cache, 'source.tar.xz');
  writeFileSync(archive, bytes);
  const pattern = '*/scripts/analyze-migration.py';
  const script = execFileSync('tar', ['-xJOf', archive, '--wildcards', pattern]);
  rmSync(archive);
  writeFileSync(checker, script);
}

/** @typedef {{ scenario: string, machine: string, at: string, sections: readonly string[] }} Case */

/** @type {readonly Case[]} */
const CASES = [
  ...['0', '37', '500'].map((at) => ({
    ...{ scenario: 'default', machine: 'none', at },
    sections: ['ram', 'timer', 'cpu_common', 'cpu', 'globalstate'],
  })),
  ...['200', '505'].map((at) => ({
    ...{ scenario: 'default-pc', machine: 'isapc', at },
    sections: [
      ...['ram', 'timer', 'cpu_common', 'cpu', 'i8259', 'i8259', 'i8254', 'pcspk', 'ne2000'],
      ...['serial', 'globalstate'],
    ],
  })),
];

/** By our names, in the checker's order. */
const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];

/** @type {(args: readonly string[]) => string} */
const vmferry = (args) =>
  execFileSync(process.execPath, [join(root, 'scripts', 'vmferry.mjs'), ...args], {
    encoding: 'utf8',
  });

const analyze = (/** @type {string} */ file) =>
  spawnSync('python3', [checker, '-f', file], { encoding: 'utf8', maxBuffer: 1 << 28 });

/**
 * What the checker reads otherwise than we do.
 * @type {(state: Record<string, any>, inspected: any, sections: readonly string[]) => string[]}
 */
function differences(state, inspected, sections) {
  const names = Object.keys(state).map((key) => key.replace(/ \(\d+\)$/, ''));
  if (names.join() !== sections.join()) return [`sections ${names}, not ${sections}`];
  const of = (/** @type {string} */ name) => state[Object.keys(state)[names.indexOf(name)] ?? ''];
  const { cpu, clock, memory } = inspected;
  const theirs = of('cpu');
  const pairs = [
    ...GENERAL.map((name, i) => ({ name, text: theirs['env.regs'][i], value: cpu[name] })),
    ...['eip', 'eflags'].map((name) => ({ name, text: theirs[`env.${name}`], value: cpu[name] })),
    ...[0, 2, 3, 4].map((n) => ({
      name: `cr${n}`,
      text: theirs[`env.cr[${n}]`],
      value: cpu[`cr${n}`],
    })),
    ...['es', 'cs', 'ss', 'ds', 'fs', 'gs'].map((name, i) => ({
      name,
      text: theirs['env.segs'][i].selector,
      value: cpu[name].selector,
    })),
    { name: 'tsc', text: of('timer').cpu_ticks_offset, value: cpu.tsc },
    { name: 'guest time', text: of('timer').cpu_clock_offset, value: clock.guestNs },
    {
      name: 'RAM',
      text: String(Object.values(of('ram')['section sizes'])[0]),
      value: memory[0].pages * 4096,
    },
  ];
  return pairs.flatMap(({ name, text, value }) =>
    BigInt(text) === BigInt(value) ? [] : [`${name} is ${text}, not ${value}`],
  );
}

/** The last footer names another section: the checker must not take it. */
function damaged(/** @type {Buffer} */ stream) {
  const bytes = Buffer.from(stream);
  const end = bytes.lastIndexOf(0) - 1;
  const footer = bytes.lastIndexOf(0x7e, end);
  bytes[footer + 4] ^= 0x40;
  return bytes;
}

function check(
  /** @type {Case} */ { scenario, machine, at, sections },
  /** @type {string} */ folder,
) {
  const file = join(folder, `${machine}-${at}.mig`);
  const format = ['--format', 'qemu', '--machine', machine];
  vmferry(['save', scenario, '--at', at, ...format, '-o', file]);
  const inspected = JSON.parse(vmferry(['inspect', file, '--json']));
  const { status, stdout, stderr } = analyze(file);
  if (status !== 0) return [`refused: ${stderr.trim().split('\n').at(-1)}`];
  const found = differences(JSON.parse(stdout), inspected, sections);
  writeFileSync(file, damaged(readFileSync(file)));
  return analyze(file).status === 0 ? [...found, 'a damaged one was taken too'] : found;
}

async function main() {
  await fetchChecker();
  const folder = mkdtempSync(join(tmpdir(), 'vmferry-'));
  let bad = 0;
  try {
    for (const each of CASES) {
      const found = check(each, folder);
      const what = `${each.scenario} at ${each.at} ms, machine ${each.machine}`;
      console.log(
        `${what}: ${found.length === 0 ? 'accepted, and reads as ours' : found.join('; ')}`,
      );
      bad += found.length;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return CASES.length > 0 && bad === 0;
}

try {
  process.exitCode = (await setup()) && (await main()) ? 0 : 1;
} catch (error) {
  console.error(`analyze: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
