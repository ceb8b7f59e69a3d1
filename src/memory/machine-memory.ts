/**
 * A host's machine memory: one `WebAssembly.Memory` of fixed size, so that its buffer never
 * detaches and translated code can share it with TypeScript. Frames are addressed by machine frame
 * number; who owns which frame is the VMM's affair.
 */
import { assert } from '../base/assert.ts';
import { PAGE_SIZE } from '../base/units.ts';

const WASM_PAGE_SIZE = 65536;

export class MachineMemory {
  readonly frames: number;
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words16: Uint16Array<ArrayBuffer>;
  readonly words32: Int32Array<ArrayBuffer>;
  /** For WebAssembly modules that import it. */
  readonly wasm: WebAssembly.Memory;

  constructor(frames: number) {
    assert(frames > 0 && frames <= 0x8_0000, 'machine memory is at most 2 GiB');
    const wasmPages = Math.ceil((frames * PAGE_SIZE) / WASM_PAGE_SIZE);
    this.wasm = new WebAssembly.Memory({ initial: wasmPages, maximum: wasmPages });
    this.frames = frames;
    this.buffer = this.wasm.buffer;
    this.bytes = new Uint8Array(this.buffer);
    this.words16 = new Uint16Array(this.buffer);
    this.words32 = new Int32Array(this.buffer);
  }
}
