/** Runs one test on the toy's processor: ring 3 under paging, with the recorder's pages at the same addresses. */
import { Cpu } from '../../src/cpu/cpu.ts';
import type { CpuState } from '../../src/cpu/state.ts';
import { PlainMemory } from '../../src/machine/plain-memory.ts';
import {
  CODE,
  CODE_BYTES,
  CODE_SIZE,
  DATA,
  DATA_SIZE,
  FIXED,
  type Outcome,
  PAGE,
  POKE_SIZE,
  type SingleTest,
  USER_CODE,
  USER_DATA,
} from './layout.ts';

/** Linear address of what a kernel would have: tables, stack, entry points. */
const SYSTEM = 0xfec0_0000;
const GDT = 0;
const IDT = 0x400;
const TASK = PAGE;
const STACK_TOP = 3 * PAGE;
const ENTRIES = 3 * PAGE;
const ENTRY_SIZE = 16;
const VECTORS = 256;
const GATE_SIZE = 8;

const DIRECTORY_FRAME = 0;
const USER_TABLE_FRAME = 1;
const SYSTEM_TABLE_FRAME = 2;
const SYSTEM_FRAME = 8;
const CODE_FRAME = 16;
const DATA_FRAME = 18;
const FIXED_FRAME = 20;
const FRAMES = 32;

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const IF = 0x200;
const TF = 0x100;
const DEBUG_TRAP = 1;
const PAGE_FAULT = 14;
/** Vectors with an error code. */
const WITH_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);
/** Those that a program may call with INT 3 and INTO. */
const FOR_USERS = new Set([3, 4]);
const TOP = 4;

const KERNEL_CODE = [0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0];
const KERNEL_DATA = [0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0];
const USER_CODE_32 = [0xff, 0xff, 0, 0, 0, 0xfb, 0xcf, 0];
const USER_DATA_32 = [0xff, 0xff, 0, 0, 0, 0xf3, 0xcf, 0];
const GDT_ENTRIES = 16;

const userData = { selector: USER_DATA, base: 0, limit: 0xffff_ffff, access: 0xcf3 };
const none = { selector: 0, base: 0, limit: 0, access: 0 };

export class Toy {
  private readonly cpu: Cpu;
  private readonly ram: Uint8Array;
  private readonly view: DataView;
  private readonly data: Uint32Array;
  private readonly clean: Uint32Array;

  constructor(background: Uint8Array) {
    const memory = new PlainMemory(FRAMES);
    this.ram = memory.machine.bytes;
    this.view = new DataView(memory.machine.buffer);
    this.data = new Uint32Array(memory.machine.buffer, DATA_FRAME * PAGE, DATA_SIZE / 4);
    this.clean = new Uint32Array(background.slice(0, DATA_SIZE).buffer);
    this.data.set(this.clean);
    this.ram.set(background.subarray(DATA_SIZE), FIXED_FRAME * PAGE);
    this.makeTables();
    this.cpu = new Cpu(memory, {
      readPort: () => undefined,
      writePort: () => false,
      timeStamp: () => 0n,
    });
  }

  run(test: SingleTest): Outcome {
    const { cpu, clean } = this;
    const room = Math.min(CODE_BYTES, CODE_SIZE - test.offset);
    const { poke } = test;
    const kept = poke && this.clean.slice(poke.at >> 2, (poke.at >> 2) + POKE_SIZE / 4 + 1);
    if (poke) this.place(poke);
    cpu.restore(this.stateBefore(test));
    cpu.writePhysical(CODE_FRAME * PAGE + test.offset, test.code.subarray(0, room));
    cpu.run(1);
    const outcome = this.outcome();
    this.ram.fill(0, CODE_FRAME * PAGE + test.offset, CODE_FRAME * PAGE + test.offset + room);
    if (poke && kept) clean.set(kept, poke.at >> 2);
    this.data.set(clean);
    return outcome;
  }

  private place({ at, words }: { readonly at: number; readonly words: readonly number[] }): void {
    const bytes = new Uint8Array(this.clean.buffer);
    bytes.set(new Uint8Array(Uint32Array.from(words).buffer), at);
    this.data.set(this.clean);
  }

  private stateBefore(test: SingleTest): CpuState {
    return {
      general: test.general,
      eip: CODE + test.offset,
      eflags: test.flags | TF | IF,
      segments: {
        cs: { selector: USER_CODE, base: 0, limit: 0xffff_ffff, access: 0xcfb },
        ss: userData,
        ds: userData,
        es: userData,
        fs: none,
        gs: none,
        ldtr: none,
        tr: { selector: 0x40, base: SYSTEM + TASK, limit: 0x67, access: 0x8b },
      },
      gdtr: { base: SYSTEM + GDT, limit: GDT_ENTRIES * 8 - 1 },
      idtr: { base: SYSTEM + IDT, limit: VECTORS * GATE_SIZE - 1 },
      // Paging, write protection, alignment checks as EFLAGS.AC says.
      cr0: 0x8005_0011,
      cr2: 0,
      cr3: DIRECTORY_FRAME * PAGE,
      cr4: 0,
      debug: [0, 0, 0, 0, 0xffff_0ff0, 0x400],
      tsc: 0n,
      halted: false,
      interruptShadow: 0,
      retired: 0,
    };
  }

  private outcome(): Outcome {
    const { cpu } = this;
    const state = cpu.save(0n);
    if (state.segments.cs.selector === USER_CODE)
      return this.describe(DEBUG_TRAP, 0, state.eip, state.eflags, state, state.general);
    if (cpu.stopped !== undefined) throw new Error(cpu.stopped.cause);
    const vector = (state.eip - (SYSTEM + ENTRIES)) / ENTRY_SIZE;
    const top = SYSTEM_FRAME * PAGE + state.general[TOP] - SYSTEM;
    const at = WITH_CODE.has(vector) ? top + 4 : top;
    const error = WITH_CODE.has(vector) ? this.view.getUint32(top, true) : 0;
    const pushed = (n: number) => this.view.getUint32(at + 4 * n, true);
    const general = state.general.map((value, n) => (n === TOP ? pushed(3) : value));
    return this.describe(vector, error, pushed(0), pushed(2), state, general);
  }

  private describe(
    vector: number,
    error: number,
    eip: number,
    flags: number,
    state: CpuState,
    general: readonly number[],
  ): Outcome {
    const { data, clean } = this;
    let first = 0;
    let end = data.length;
    while (first < end && data[first] === clean[first]) first++;
    while (end > first && data[end - 1] === clean[end - 1]) end--;
    const changed = new Uint8Array(data.slice(first, end).buffer);
    const { ds, es, fs, gs } = state.segments;
    const selectors = [ds, es, fs, gs].map(({ selector }) => selector);
    const cr2 = vector === PAGE_FAULT ? state.cr2 : 0;
    return { vector, error, cr2, eip, flags, general, selectors, first: first * 4, changed };
  }

  private makeTables(): void {
    const { ram, view } = this;
    const entry = (table: number, index: number, frame: number, rights: number) =>
      view.setUint32(table * PAGE + 4 * index, (frame * PAGE) | rights | PRESENT, true);
    const page = (linear: number) => (linear >>> 12) & 0x3ff;
    entry(DIRECTORY_FRAME, CODE >>> 22, USER_TABLE_FRAME, USER | WRITABLE);
    entry(DIRECTORY_FRAME, SYSTEM >>> 22, SYSTEM_TABLE_FRAME, WRITABLE);
    for (let n = 0; n < CODE_SIZE / PAGE; n++)
      entry(USER_TABLE_FRAME, page(CODE) + n, CODE_FRAME + n, USER);
    for (let n = 0; n < DATA_SIZE / PAGE; n++)
      entry(USER_TABLE_FRAME, page(DATA) + n, DATA_FRAME + n, USER | WRITABLE);
    entry(USER_TABLE_FRAME, page(FIXED), FIXED_FRAME, USER);
    for (let n = 0; n < 4; n++)
      entry(SYSTEM_TABLE_FRAME, page(SYSTEM) + n, SYSTEM_FRAME + n, WRITABLE);
    const system = SYSTEM_FRAME * PAGE;
    const descriptors = [KERNEL_CODE, KERNEL_DATA, [], USER_CODE_32, USER_DATA_32];
    descriptors.forEach((descriptor, n) => {
      ram.set(descriptor, system + GDT + 8 * (n + 1));
    });
    for (let vector = 0; vector < VECTORS; vector++) {
      const target = SYSTEM + ENTRIES + ENTRY_SIZE * vector;
      const type = FOR_USERS.has(vector) ? 0xee : 0x8e;
      const low = [target & 0xff, (target >>> 8) & 0xff, 8, 0];
      const high = [0, type, (target >>> 16) & 0xff, target >>> 24];
      ram.set([...low, ...high], system + IDT + GATE_SIZE * vector);
    }
    view.setUint32(system + TASK + 4, SYSTEM + STACK_TOP, true);
    view.setUint16(system + TASK + 8, 0x10, true);
    // No port is for users.
    view.setUint16(system + TASK + 102, 0x68, true);
  }
}
