/** Runs a list of accesses on a real QEMU `isapc`, whose network gives back every frame sent. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Access, encodeAccesses, MAC, RAM_MIB } from './accesses.ts';

const QEMU = 'qemu-system-i386';
const SOURCES = ['probe.S', 'probe.c'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
const COMPILE = [
  '-m32 -march=i486 -O1 -ffreestanding -nostdlib -static -fno-pic -no-pie -fno-stack-protector',
  '-fno-asynchronous-unwind-tables -mno-sse -Wl,-Ttext=0x100000 -Wl,--build-id=none',
]
  .join(' ')
  .split(' ');
/** Status of the process after the value 0 at the exit port. */
const DONE = 1;

/** Why the probe cannot run here; undefined if it can. */
export function whatIsMissing(): string | undefined {
  for (const tool of ['gcc', QEMU]) {
    if (spawnSync(tool, ['--version']).status !== 0) return tool;
  }
  const trial = spawnSync('gcc', ['-m32', '-fsyntax-only', '-x', 'c', '-'], { input: 'int x;' });
  return trial.status === 0 ? undefined : 'gcc -m32';
}

export function runInQemu(accesses: readonly Access[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'device-probe-'));
  try {
    writeFileSync(join(folder, 'accesses.bin'), encodeAccesses(accesses));
    const kernel = join(folder, 'probe.elf');
    execFileSync('gcc', [...COMPILE, `-Wa,-I${folder}`, ...SOURCES, '-o', kernel]);
    const output = join(folder, 'output');
    const wire = join(folder, 'wire');
    const mac = MAC.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
    const run = spawnSync(
      QEMU,
      [
        `-M isapc -cpu 486 -m ${RAM_MIB} -display none -nodefaults -no-reboot -serial null`,
        // Time by instructions, so that timers strike where they should.
        '-icount shift=3,sleep=off',
        `-kernel ${kernel} -chardev file,id=out,path=${output}`,
        '-device isa-debugcon,iobase=0xe9,chardev=out -device isa-debug-exit,iobase=0xf4',
        `-netdev dgram,id=wire,local.type=unix,local.path=${wire}`,
        `-device ne2k_isa,netdev=wire,mac=${mac}`,
      ]
        .join(' ')
        .replace(`local.path=${wire}`, `$&,remote.type=unix,remote.path=${wire}`)
        .split(' '),
      { timeout: 60_000, encoding: 'utf8' },
    );
    if (run.status !== DONE) throw new Error(`QEMU ended with ${run.status}: ${run.stderr}`);
    const lines = readFileSync(output, 'latin1').trim().split('\n');
    return lines.map((line) => Number.parseInt(line, 16));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
