/** Random states of a toy PC that are valid on every host, and what to do with them. */
import * as fc from 'fast-check';
import { instant } from '../../../src/base/units.ts';
import type { Dp8390State } from '../../../src/devices/dp8390-registers.ts';
import type { PicChipState } from '../../../src/devices/pic-chip.ts';
import type { MachineState } from '../../../src/machine/machine-state.ts';
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

const withVector = fc
  .record({ cpu, pendingVector: u8 }, { requiredKeys: ['cpu'] })
  .map(({ cpu, ...vector }) => ({ ...cpu, ...vector }));

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

const flag = fc.boolean();
const chip = fc.record<PicChipState>({
  lastIrr: u8,
  irr: u8,
  imr: u8,
  isr: u8,
  priorityAdd: fc.nat(7),
  irqBase: fc.nat(31).map((value) => value << 3),
  readIsr: flag,
  poll: flag,
  specialMask: flag,
  initState: fc.nat(3),
  autoEoi: flag,
  rotateOnAutoEoi: flag,
  specialFullyNested: flag,
  expectIcw4: flag,
  single: flag,
  levelMode: flag,
  elcr: u8,
});

const period = fc.integer({ min: 1, max: 0x1_0000 });
const counter = fc.record({
  count: period,
  nextCount: period,
  written: flag,
  phase: fc.constantFrom('idle', 'counting', 'held' as const),
  /** How long ago; a moment before the guest's start is possible. */
  countLoadTime: fc.nat(2 ** 40),
  held: fc.nat(2 ** 52),
  latchedCount: u16,
  countLatched: fc.nat(3),
  statusLatched: flag,
  status: u8,
  readState: fc.integer({ min: 0, max: 4 }),
  writeState: fc.integer({ min: 0, max: 4 }),
  writeLatch: u8,
  rwMode: fc.integer({ min: 0, max: 3 }),
  mode: fc.nat(7),
  bcd: flag,
  gate: flag,
});

const bytes = (count: number) => fc.array(u8, { minLength: count, maxLength: count });
const card = fc.record({
  chip: fc.record<Dp8390State>({
    cr: u8,
    isr: u8,
    imr: u8,
    dcr: u8,
    tcr: u8,
    tsr: u8,
    rcr: u8,
    rsr: u8,
    pstart: u8,
    pstop: u8,
    curr: u8,
    bnry: u8,
    tpsr: u8,
    tbcr: u16,
    rsar: u16,
    rbcr: u16,
    missed: fc.nat(192),
    par: bytes(6),
    mar: bytes(8),
  }),
  mac: bytes(6),
  /** Some of its bytes. */
  memory: fc.array(fc.tuple(fc.nat(0x3fff), u8), { maxLength: 20 }).map((places) => {
    const memory = new Uint8Array(0x4000);
    for (const [at, value] of places) memory[at] = value;
    return memory;
  }),
});

const clock = fc.record({
  index: fc.nat(0x7f),
  memory: bytes(128),
  epoch: fc.integer({ min: -30_610_224_000, max: 253_402_300_799 }),
});

const timeout = fc.oneof(
  fc.constant(undefined),
  fc.constant('struck' as const),
  fc.integer({ min: 1, max: 2 ** 40 }),
);

/** All moments are those of one machine that stands still at its own. */
export const machines: fc.Arbitrary<MachineState> = fc
  .record({
    cpu: withVector,
    time: fc.nat(2 ** 51),
    uart,
    timeout,
    master: chip,
    slave: chip,
    counters: fc.tuple(counter, counter, counter),
    speaker: flag,
    card,
    clock,
    stopped: fc.option(
      fc.record({ cause: fc.constantFrom('exit port', 'triple fault'), code: u32 }),
      { nil: undefined },
    ),
  })
  .map(({ time, uart, timeout, master, slave, counters, speaker, card, clock, cpu, stopped }) => {
    const at = instant(time);
    const placed = (state: (typeof counters)[number]) => ({
      ...state,
      countLoadTime: instant(time - state.countLoadTime),
    });
    const due = typeof timeout === 'number' ? instant(time + timeout) : timeout;
    return {
      cpu,
      time: at,
      pic: { master, slave },
      pit: {
        counters: [placed(counters[0]), placed(counters[1]), placed(counters[2])],
        speaker,
        at,
      },
      uart: due === undefined ? uart : { ...uart, receiveTimeout: due },
      cmos: { ...clock, at },
      ne2000: card,
      ...(stopped === undefined ? {} : { stopped }),
    };
  });

export const vmStates: fc.Arbitrary<VmState> = machines.map((machine) => ({
  machine,
  offered: 63n,
  used: 63n,
  tscKhz: 1_000_000n,
}));
