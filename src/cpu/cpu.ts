/** The processor of the toy PC: 32-bit x86. Intel SDM vol. 2 (instructions), vol. 3A (system). */
import type { GuestMemory, MappingHolder } from '../memory/guest-memory.ts';
import type { CpuState } from './state.ts';

/** What the processor asks of the machine around it. */
export interface CpuBus {
  /** Undefined: no device at the port. */
  readPort(port: number, size: number): number | undefined;
  /** False: no device at the port. */
  writePort(port: number, size: number, value: number): boolean;
  timeStamp(): bigint;
}

/** Why the processor will not run again. */
export interface CpuStop {
  readonly cause: string;
  readonly code: number;
}

export class Cpu implements MappingHolder {
  readonly memory: GuestMemory;
  readonly bus: CpuBus;
  /** Instructions left in the present run, the current one included. Hooks may lower it. */
  left = 0;
  stopped: CpuStop | undefined;
  private state: CpuState = {
    general: [0, 0, 0, 0, 0, 0, 0, 0],
    eip: 0,
    eflags: 2,
    segments: {
      es: { selector: 0, base: 0, limit: 0, access: 0 },
      cs: { selector: 0, base: 0, limit: 0, access: 0 },
      ss: { selector: 0, base: 0, limit: 0, access: 0 },
      ds: { selector: 0, base: 0, limit: 0, access: 0 },
      fs: { selector: 0, base: 0, limit: 0, access: 0 },
      gs: { selector: 0, base: 0, limit: 0, access: 0 },
      ldtr: { selector: 0, base: 0, limit: 0, access: 0 },
      tr: { selector: 0, base: 0, limit: 0, access: 0 },
    },
    gdtr: { base: 0, limit: 0 },
    idtr: { base: 0, limit: 0 },
    cr0: 0,
    cr2: 0,
    cr3: 0,
    cr4: 0,
    debug: [0, 0, 0, 0, 0, 0],
    tsc: 0n,
    halted: false,
    interruptShadow: 0,
    retired: 0,
  };

  constructor(memory: GuestMemory, bus: CpuBus) {
    this.memory = memory;
    this.bus = bus;
  }

  get halted(): boolean {
    return this.state.halted;
  }

  get retired(): number {
    return this.state.retired;
  }

  get instructionPointer(): number {
    return this.state.eip;
  }

  /** Runs `count` instructions or fewer; gives the gfn of a missing frame that kept one from completing. */
  run(count: number): number | undefined {
    this.left = count;
    this.stopped = { cause: 'no instruction is decoded yet', code: 0 };
    return undefined;
  }

  /** No further instruction after the current one in this run. */
  endSlice(): void {
    this.left = 1;
  }

  writePhysical(address: number, bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      const at = address + done;
      const count = Math.min(4096 - (at & 0xfff), bytes.length - done);
      const base = this.memory.mapForWrite(at >>> 12);
      this.memory.machine.bytes.set(bytes.subarray(done, done + count), base + (at & 0xfff));
      done += count;
    }
  }

  revokeWrite(_gfn: number): void {}

  revokeAllWrites(): void {}

  revoke(_gfn: number): void {}

  revokeAll(): void {}

  save(tsc: bigint): CpuState {
    return { ...this.state, tsc };
  }

  restore(state: CpuState): void {
    this.state = state;
  }
}
