/** Random states of a toy PC that are valid on every host, and what to do with them. */
import * as fc from 'fast-check';
import type { VmState } from '../../../src/vmm/vm-state.ts';

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);

const segment = fc.record({ selector: u16, base: u32, limit: u32, access: fc.nat(0xfff) });
const table = fc.record({ base: u32, limit: u16 });

const cpu = fc.record({
  general: fc.array(u32, { minLength: 8, maxLength: 8 }),
  eip: u32,
  eflags: u32.map((value) => ((value & 0x003f_7fd7) | 2) >>> 0),
  segments: fc.record({
    es: segment,
    cs: segment,
    ss: segment,
    ds: segment,
    fs: segment,
    gs: segment,
    ldtr: segment,
    tr: segment,
  }),
  gdtr: table,
  idtr: table,
  cr0: u32.map((value) => ((value & 0xe005_001f) | 0x11) >>> 0),
  cr2: u32,
  cr3: u32,
  cr4: fc.nat(0xf).map((value) => value << 2),
  debug: fc.array(u32, { minLength: 6, maxLength: 6 }),
  tsc: fc.bigInt(0n, (1n << 62n) - 1n),
  halted: fc.boolean(),
  interruptShadow: fc.nat(2),
  retired: fc.nat(Number.MAX_SAFE_INTEGER),
});

const uart = fc.record({
  divisor: u16,
  ier: u8,
  fcr: u8,
  lcr: u8,
  mcr: u8,
  lsrErrors: u8.map((value) => value & 0x1e),
  msr: u8,
  scr: u8,
  rbr: u8,
  transmitPending: fc.boolean(),
  received: fc.array(u8, { maxLength: 16 }),
});

export const vmStates: fc.Arbitrary<VmState> = fc
  .record<VmState['machine']>({ cpu, uart })
  .map((machine) => ({ machine, offered: 1n, used: 1n }));
