import { describe, expect, it } from 'vitest';
import { Cpu } from '../../../src/cpu/cpu.ts';
import type { CpuState } from '../../../src/cpu/state.ts';
import { PlainMemory } from '../../../src/machine/plain-memory.ts';
import {
  bareCpu,
  bareState,
  CODE_AT,
  FLAT_DATA,
  GDT_AT,
  IDT_AT,
  runCode,
  STACK_TOP,
} from '../../support/bare-cpu.ts';

const HANDLER = 0x2000;
const CODE_DESCRIPTOR = [0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0];
const gate = (target: number) => [target & 0xff, target >> 8, 0x08, 0, 0, 0x8e, 0, 0];
const IF = 0x200;

/** Gates for the first 64 vectors, all to one handler, which halts. */
function prepare(ram: Uint8Array): void {
  ram.set(CODE_DESCRIPTOR, GDT_AT + 8);
  for (let vector = 0; vector < 64; vector++) ram.set(gate(HANDLER), IDT_AT + 8 * vector);
  ram.set([0xeb, 0xfe], HANDLER);
}

/** Runs one instruction and its exception; gives what was pushed, top first. */
function faultOf(code: readonly number[], change: Partial<CpuState>) {
  const machine = bareCpu();
  prepare(machine.ram);
  const idtr = { base: IDT_AT, limit: 0x1ff };
  const state = runCode(machine, code, 2, { idtr, ...change });
  const view = new DataView(machine.ram.buffer);
  const pushed = [0, 4].map((at) => view.getUint32(state.general[4] + at, true));
  return { eip: state.eip, depth: STACK_TOP - state.general[4], pushed };
}

const small = { selector: 0x20, base: 0x5000, limit: 0x0f, access: 0x493 };
const readOnly = { ...small, limit: 0xfff, access: 0x491 };
const expandDown = { ...small, limit: 0xfff, access: 0x497 };
const unusable = { selector: 0, base: 0, limit: 0, access: 0 };
const withDs = (ds: typeof small): Partial<CpuState> => ({
  segments: { ...bareState().segments, ds },
});
const readAt = (offset: number) => [0xa1, offset & 0xff, offset >> 8, 0, 0];
const writeAt = (offset: number) => [0xa3, offset & 0xff, offset >> 8, 0, 0];

describe('a segment that is not flat', () => {
  it.each([
    ['a dword past its limit', readAt(13), small],
    ['a store to read-only data', writeAt(0), readOnly],
    ['an offset below an expand-down segment', readAt(0xffd), expandDown],
    ['a null segment', readAt(0), unusable],
  ])('refuses %s with #GP(0), nothing else pushed', (_what, code, ds) => {
    expect(faultOf(code, withDs(ds))).toEqual({ eip: HANDLER, depth: 16, pushed: [0, CODE_AT] });
  });

  it.each([
    ['the last dword within its limit', readAt(12), small, 0x500c],
    ['read-only data', readAt(0), readOnly, 0x5000],
    ['an offset above an expand-down limit', readAt(0x1000), expandDown, 0x6000],
  ])('gives %s', (_what, code, ds, linear) => {
    const machine = bareCpu();
    machine.ram.set([1, 2, 3, 4], linear);
    expect(runCode(machine, code, 1, withDs(ds)).general[0]).toBe(0x04030201);
  });

  it('faults with #SS when it is the stack', () => {
    const segments = { ...bareState().segments, ss: small };
    const machine = bareCpu();
    runCode(machine, [0x50], 2, { segments });
    expect(machine.cpu.stopped?.cause).toMatch(/^triple fault after #SS at 00001000: 50/);
  });

  it('computes 16-bit addresses within 64 KiB', () => {
    const machine = bareCpu();
    machine.ram.set([0x2a], 0x0012);
    // mov al, [bx + si + 0x10] with an address-size prefix
    const general = [0, 0, 0, 0xffff, 0, 0, 3, 0];
    const state = runCode(machine, [0x67, 0x8a, 0x40, 0x10], 1, { general });
    expect(state.general[0]).toBe(0x2a);
  });
});

/** A processor with one interrupt request that stays until it is acknowledged. */
function withRequest(code: readonly number[], eflags: number) {
  const memory = new PlainMemory(64);
  const line = { raised: false, acknowledged: 0 };
  const cpu = new Cpu(memory, {
    readPort: () => undefined,
    writePort: () => false,
    timeStamp: () => 0x1_2345_6789n,
    hasInterrupt: () => line.raised,
    acknowledge: () => {
      line.raised = false;
      line.acknowledged++;
      return 0x20;
    },
  });
  const ram = memory.machine.bytes;
  prepare(ram);
  ram.set(code, CODE_AT);
  cpu.restore({ ...bareState(), eflags, idtr: { base: IDT_AT, limit: 0x1ff } });
  return { cpu, ram, line };
}

describe('an interrupt from outside', () => {
  it('waits for IF, and for the instruction after STI', () => {
    const { cpu, line } = withRequest([0x90, 0xfb, 0x90, 0x90, 0x90], 2);
    line.raised = true;
    cpu.run(2);
    expect(cpu.save(0n)).toMatchObject({ eip: CODE_AT + 2, interruptShadow: 1 });
    cpu.run(1);
    expect(cpu.save(0n)).toMatchObject({ eip: CODE_AT + 3, interruptShadow: 0 });
    cpu.run(1);
    expect(cpu.save(0n)).toMatchObject({ eip: HANDLER, eflags: 2 });
    expect(line.acknowledged).toBe(1);
  });

  it('is held off for one instruction after a load of SS', () => {
    const { cpu, line, ram } = withRequest([0x8e, 0xd0, 0x90, 0x90], 2 | IF);
    ram.set([0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0], GDT_AT + 0x10);
    cpu.r[0] = FLAT_DATA.selector;
    cpu.run(1);
    line.raised = true;
    cpu.run(1);
    expect(cpu.save(0n).eip).toBe(CODE_AT + 3);
    cpu.run(1);
    expect(cpu.save(0n).eip).toBe(HANDLER);
  });

  it('wakes a processor from HLT and returns behind it', () => {
    const { cpu, line, ram } = withRequest([0xf4, 0x90], 2 | IF);
    cpu.run(10);
    expect(cpu.save(0n)).toMatchObject({ halted: true, retired: 1 });
    line.raised = true;
    cpu.run(1);
    const state = cpu.save(0n);
    expect(state).toMatchObject({ halted: false, eip: HANDLER, retired: 2 });
    expect(ram[state.general[4]]).toBe((CODE_AT + 1) & 0xff);
  });
});

describe('what the toy has beyond a 486', () => {
  it('names itself and its features', () => {
    const machine = bareCpu();
    const name = runCode(machine, [0x0f, 0xa2], 1).general;
    const words = Uint32Array.of(name[3], name[2], name[1]);
    expect(new TextDecoder().decode(words)).toBe('VMFerryToyPC');
    const one = runCode(machine, [0x0f, 0xa2], 1, { general: [1, 0, 0, 0, 0, 0, 0, 0] }).general;
    expect(one[2]).toBe(0x815c);
  });

  it('reads the time-stamp counter in two halves', () => {
    const { cpu } = withRequest([0x0f, 0x31], 2);
    cpu.run(1);
    expect(cpu.save(0n).general.slice(0, 3)).toEqual([0x23456789, 0, 1]);
  });

  it('exchanges eight bytes when they are the ones expected', () => {
    const machine = bareCpu();
    machine.ram.set([1, 0, 0, 0, 2, 0, 0, 0], 0x5000);
    const code = [0x0f, 0xc7, 0x0d, 0x00, 0x50, 0, 0];
    const state = runCode(machine, code, 1, { general: [1, 9, 2, 8, 0, 0, 0, 0] });
    expect(state.eflags & 0x40).toBe(0x40);
    expect([...machine.ram.subarray(0x5000, 0x5008)]).toEqual([8, 0, 0, 0, 9, 0, 0, 0]);
    const other = runCode(machine, code, 1, { general: [1, 9, 2, 8, 0, 0, 0, 0] });
    expect(other.eflags & 0x40).toBe(0);
    expect(other.general.slice(0, 3)).toEqual([8, 9, 9]);
  });
});
