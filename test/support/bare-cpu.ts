/** A processor with flat segments and nothing around it, for tests of single instructions. */
import { Cpu } from '../../src/cpu/cpu.ts';
import type { CpuState } from '../../src/cpu/state.ts';
import { PlainMemory } from '../../src/machine/plain-memory.ts';

export const CODE_AT = 0x1000;
export const IDT_AT = 0x3000;
export const GDT_AT = 0x4000;
export const STACK_TOP = 0x8000;
const PAGES = 64;

export const FLAT_CODE = { selector: 0x08, base: 0, limit: 0xffff_ffff, access: 0xc9b };
export const FLAT_DATA = { selector: 0x10, base: 0, limit: 0xffff_ffff, access: 0xc93 };

export function bareState(): CpuState {
  return {
    general: [0, 0, 0, 0, STACK_TOP, 0, 0, 0],
    eip: CODE_AT,
    eflags: 2,
    segments: {
      es: FLAT_DATA,
      cs: FLAT_CODE,
      ss: FLAT_DATA,
      ds: FLAT_DATA,
      fs: FLAT_DATA,
      gs: FLAT_DATA,
      ldtr: { selector: 0, base: 0, limit: 0xffff, access: 0x82 },
      tr: { selector: 0, base: 0, limit: 0xffff, access: 0x8b },
    },
    gdtr: { base: GDT_AT, limit: 0x2f },
    idtr: { base: 0, limit: 0 },
    cr0: 0x11,
    cr2: 0,
    cr3: 0,
    cr4: 0,
    debug: [0, 0, 0, 0, 0xffff_0ff0, 0x400],
    tsc: 0n,
    halted: false,
    interruptShadow: 0,
    retired: 0,
  };
}

export interface BareCpu {
  readonly cpu: Cpu;
  readonly ram: Uint8Array;
  readonly output: number[];
}

export function bareCpu(): BareCpu {
  const memory = new PlainMemory(PAGES);
  const output: number[] = [];
  const cpu = new Cpu(memory, {
    readPort: (port) => (port === 0xe9 ? 0xe9 : undefined),
    writePort: (port, _size, value) => {
      if (port !== 0xe9) return false;
      output.push(value);
      return true;
    },
    timeStamp: () => 0n,
  });
  cpu.restore(bareState());
  return { cpu, ram: memory.machine.bytes, output };
}

/** Puts code at CODE_AT and runs `count` instructions of it from `state`. */
export function runCode(
  machine: BareCpu,
  code: readonly number[],
  count: number,
  change: Partial<CpuState> = {},
): CpuState {
  machine.ram.set(code, CODE_AT);
  machine.cpu.restore({ ...bareState(), ...change });
  machine.cpu.run(count);
  return machine.cpu.save(0n);
}
