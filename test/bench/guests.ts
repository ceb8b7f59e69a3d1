/** The benchmarks' guest programs, built from C when they are needed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PROGRAMS = [
  ['w2', 'mixed'],
  ['w3', 'stores'],
  ['w4', 'generator'],
] as const;

export interface BenchGuest {
  readonly name: string;
  readonly elf: Uint8Array<ArrayBuffer>;
}

const OPTIONS =
  '-m32 -march=i386 -O2 -std=gnu11 -ffreestanding -nostdlib -fno-pic -static -fno-stack-protector ' +
  '-fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables -fcf-protection=none -w ' +
  '-Wl,-T,program.ld -Wl,--build-id=none -Wl,-z,noexecstack,--no-warn-rwx-segments';

/** Needs gcc with -m32. */
export function buildGuests(folder: string): BenchGuest[] {
  const work = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    return PROGRAMS.map(([name, program]) => {
      const elf = join(work, `${program}.elf`);
      execFileSync('gcc', [...OPTIONS.split(' '), `${program}.c`, '-o', elf], {
        cwd: folder,
        stdio: 'pipe',
      });
      return { name: `${name} ${program}`, elf: Uint8Array.from(readFileSync(elf)) };
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
