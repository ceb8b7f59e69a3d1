/** Builds and runs the recorder: `recorder.c`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeOutcomes, encodeTests, type Outcome, type SingleTest } from './layout.ts';

const OPTIONS =
  '-m32 -std=gnu11 -O2 -ffreestanding -nostdlib -static -fno-pic -no-pie -fno-stack-protector ' +
  '-fno-asynchronous-unwind-tables -fcf-protection=none -mno-sse -Wall -Wextra -Werror ' +
  '-Wl,-Ttext-segment=0x5a000000 -Wl,--build-id=none';

export interface Recorder {
  record(tests: readonly SingleTest[]): Outcome[];
  close(): void;
}

/** The processor's name; undefined where this is no x86 Linux. */
export function processorName(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const info = readFileSync('/proc/cpuinfo', 'utf8');
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(info)?.[1] ?? '?';
  const numbers = `family ${field('cpu family')} model ${field('model')} stepping ${field('stepping')}`;
  return `${field('vendor_id')}, ${field('model name')}, ${numbers}`;
}

/** What the recorder ends with when its input is empty; one that cannot be run ends otherwise. */
const NO_INPUT = 8;

export function buildRecorder(source: string, background: Uint8Array): Recorder {
  const folder = mkdtempSync(join(tmpdir(), 'silicon-'));
  const program = join(folder, 'recorder');
  execFileSync('gcc', [...OPTIONS.split(' '), '-o', program, source], { stdio: 'pipe' });
  if (spawnSync(program, { input: '', stdio: 'pipe' }).status !== NO_INPUT) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(
      'the recorder does not run here: it is a 32-bit program, and this kernel takes none; run it where CONFIG_IA32_EMULATION is on',
    );
  }
  return {
    record(tests) {
      const count = Buffer.alloc(4);
      count.writeUInt32LE(tests.length);
      const input = Buffer.concat([background, count, encodeTests(tests), Buffer.alloc(4)]);
      const { status, stdout, signal } = spawnSync(program, { input, maxBuffer: 1 << 30 });
      if (status !== 0) throw new Error(`the recorder ended with ${signal ?? `status ${status}`}`);
      return decodeOutcomes(stdout, tests.length);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
