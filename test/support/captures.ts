/** Streams that a real QEMU 10.0 saved; `test/vectors/captures/README.md` says how. */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

export interface Capture {
  readonly name: string;
  /** The last line on the guest's serial port before it was saved. */
  readonly printed: string;
  /** Lines of that kind; the first group is a count that only grows. */
  readonly line: RegExp;
}

export const CAPTURES: readonly Capture[] = [
  {
    name: 'ticker-10.0',
    printed: 'ticker-pc: 146957 passes at 1.00 s',
    line: /ticker-pc: (\d+) passes at (\d+)\.00 s/g,
  },
  {
    name: 'board-10.0',
    printed: 'idle-pc: 2 seconds at 2.00 s',
    line: /idle-pc: (\d+) seconds at (\d+)\.00 s/g,
  },
];

export function captured(name: string): Uint8Array<ArrayBuffer> {
  const file = new URL(`../vectors/captures/${name}.mig.br`, import.meta.url);
  return new Uint8Array(brotliDecompressSync(readFileSync(file)));
}
