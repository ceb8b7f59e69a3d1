/**
 * Whole C programs, compiled by gcc, run on the toy PC and in QEMU: the same console output and the
 * same exit code. Skipped where gcc with -m32 or QEMU is absent.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAlone } from '../../src/machine/run-alone.ts';

const folder = fileURLToPath(new URL('programs/', import.meta.url));
const programs = readdirSync(folder).flatMap((file) =>
  file.endsWith('.c') ? [file.slice(0, -2)] : [],
);
const TARGETS = [
  '-march=i486 -O0',
  '-march=i486 -O2',
  '-march=i486 -O3',
  '-march=i686 -O0',
  '-march=i686 -O2',
  '-march=i686 -O3',
];
const FLAGS =
  '-m32 -std=gnu11 -ffreestanding -nostdlib -fno-pic -static -fno-stack-protector ' +
  '-fno-asynchronous-unwind-tables -fcf-protection=none -w -Wl,-T,program.ld -Wl,--build-id=none ' +
  '-Wl,-z,noexecstack,--no-warn-rwx-segments';

const isPresent = (command: string, ...options: string[]): boolean =>
  spawnSync(command, options, { stdio: 'ignore', input: '' }).status === 0;
const tools =
  isPresent('gcc', '-m32', '-E', '-x', 'c', '-') && isPresent('qemu-system-i386', '--version');

let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'programs-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function compile(program: string, target: string): string {
  const elf = join(work, `${program}${target.replace(' ', '')}.elf`);
  const options = [...FLAGS.split(' '), ...target.split(' '), `${program}.c`, '-o', elf];
  execFileSync('gcc', options, { cwd: folder, stdio: 'pipe' });
  return elf;
}

function inQemu(elf: string) {
  const console = `${elf}.console`;
  const machine = '-display none -nodefaults -device isa-debug-exit,iobase=0xf4'.split(' ');
  const port = [
    '-chardev',
    `file,id=c,path=${console}`,
    '-device',
    'isa-debugcon,iobase=0xe9,chardev=c',
  ];
  const { status } = spawnSync('qemu-system-i386', ['-kernel', elf, ...machine, ...port], {
    timeout: 20_000,
    stdio: 'ignore',
  });
  return { status, console: readFileSync(console, 'latin1') };
}

function inToy(elf: string) {
  const run = runAlone(readFileSync(elf), { ramMib: 16, maxInstructions: 100_000_000 });
  if (!run.ok) throw new Error(run.error.message);
  const { exit, exitCode, console } = run.value;
  const cause = exit.reason === 'stopped' ? exit.cause : exit.reason;
  // A process hands on the low byte of its status only.
  return {
    cause,
    status: (exitCode ?? 0) & 0xff,
    console: Buffer.from(console).toString('latin1'),
  };
}

describe.skipIf(!tools)('programs compiled by gcc (skipped without gcc -m32 and QEMU)', () => {
  for (const program of programs)
    it.each(TARGETS)(
      `${program} with %s does what it does in QEMU`,
      { timeout: 60_000 },
      (target) => {
        const elf = compile(program, target);
        const toy = inToy(elf);
        expect(toy.cause).toBe('exit port');
        expect(toy.console.length).toBeGreaterThan(20);
        expect({ status: toy.status, console: toy.console }).toEqual(inQemu(elf));
      },
    );

  it('has programs to compare', () => {
    expect(programs.length).toBeGreaterThanOrEqual(10);
  });
});
