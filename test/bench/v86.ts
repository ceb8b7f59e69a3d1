/** v86 as a benchmark's peer: one guest on it, with or without its translator. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { V86 } from 'v86';
import { now } from './measure.ts';

const folder = dirname(createRequire(import.meta.url).resolve('v86'));
const RAM = 32 << 20;
const COUNTER = 2 ** 32;

export interface Peer {
  /** Instructions in a second, over `ms`. */
  rate(ms: number): Promise<number>;
  close(): Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export async function startV86(elf: Uint8Array<ArrayBuffer>, translates: boolean): Promise<Peer> {
  const wasm = readFileSync(join(folder, 'v86.wasm'));
  const emulator = new V86({
    wasm_fn: async (imports: WebAssembly.Imports) =>
      (await WebAssembly.instantiate(wasm, imports)).instance.exports,
    memory_size: RAM,
    multiboot: { buffer: elf.slice().buffer },
    autostart: false,
    disable_jit: !translates,
    disable_speaker: true,
  } as never);
  await new Promise<void>((ready) => {
    emulator.add_listener('emulator-ready', () => ready());
  });
  return {
    async rate(ms) {
      await emulator.run();
      const before = emulator.get_instruction_counter();
      const start = now();
      await sleep(ms);
      const elapsed = now() - start;
      const counted = emulator.get_instruction_counter();
      await emulator.stop();
      // A counter of 32 bits, signed or not.
      const instructions = (((counted - before) % COUNTER) + COUNTER) % COUNTER;
      return (instructions / elapsed) * 1000;
    },
    async close() {
      await emulator.stop();
      await emulator.destroy();
    },
  };
}
