import { describe, expect, it } from 'vitest';
import type { CpuState } from '../../../src/cpu/state.ts';
import { bareCpu, bareState, CODE_AT, GDT_AT, IDT_AT, STACK_TOP } from '../../support/bare-cpu.ts';

const HANDLER = 0x2000;
const DB = 1;
const GP = 13;
const ALIGNMENT = 17;
const RF = 0x10000;
const AC = 0x40000;
const CODE = [0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0];
const DATA = [0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0];
const USER_CODE = [0xff, 0xff, 0, 0, 0, 0xfb, 0xcf, 0];
const USER_DATA = [0xff, 0xff, 0, 0, 0, 0xf3, 0xcf, 0];
const TSS_AT = 0x6000;

/** Every vector has a handler of its own, 16 bytes after the one before, that jumps to itself. */
function machineWith(code: readonly number[], change: Partial<CpuState> = {}) {
  const machine = bareCpu();
  const { ram } = machine;
  ram.set([...CODE, ...DATA, ...USER_CODE, ...USER_DATA], GDT_AT + 8);
  for (let vector = 0; vector < 32; vector++) {
    const target = HANDLER + 16 * vector;
    ram.set([target & 0xff, target >> 8, 8, 0, 0, 0x8e, 0, 0], IDT_AT + 8 * vector);
    ram.set([0xeb, 0xfe], target);
  }
  ram.set([0, 0x70, 0, 0, 0x10, 0], TSS_AT + 4);
  ram.set(code, CODE_AT);
  const idtr = { base: IDT_AT, limit: 0xff };
  machine.cpu.restore({ ...bareState(), idtr, ...change });
  return machine;
}

type Machine = ReturnType<typeof machineWith>;

/** Runs until an exception's handler is reached; what it finds on its stack without an error code. */
function toHandler({ cpu, ram }: Machine, most = 20) {
  for (let n = 0; n < most && cpu.eip < HANDLER; n++) cpu.run(1);
  const state = cpu.save(0n);
  const view = new DataView(ram.buffer);
  const top = state.general[4];
  const vector = (state.eip - HANDLER) / 16;
  const at = view.getUint32(top, true) - CODE_AT;
  return { vector, at, flags: view.getUint32(top + 8, true), dr6: state.debug[4] & 0xe00f };
}

const dr = (values: Partial<Record<0 | 1 | 2 | 3 | 7, number>>): readonly number[] => [
  values[0] ?? 0,
  values[1] ?? 0,
  values[2] ?? 0,
  values[3] ?? 0,
  0xffff_0ff0,
  (values[7] ?? 0) | 0x400,
];

describe('a breakpoint', () => {
  it('on an instruction stops before it, and lets it pass with RF', () => {
    const debug = dr({ 0: CODE_AT + 1, 7: 1 });
    const machine = machineWith([0x90, 0x40, 0x90], { debug });
    const met = toHandler(machine);
    expect(met).toMatchObject({ vector: DB, at: 1, dr6: 1 });
    expect(met.flags & RF).toBe(0);
    const eflags = 2 | RF;
    const passed = machineWith([0x90, 0x40, 0x90], { debug, eip: CODE_AT + 1, eflags });
    passed.cpu.run(1);
    expect(passed.cpu.save(0n)).toMatchObject({ eip: CODE_AT + 2, eflags: 2 });
  });

  it('on data stops after the access, whatever its alignment', () => {
    // mov eax, [0x5003]; nop
    const code = [0xa1, 0x03, 0x50, 0, 0, 0x90];
    const debug = dr({ 1: 0x5004, 7: 0x00f0_0004 });
    expect(toHandler(machineWith(code, { debug }))).toMatchObject({ vector: DB, at: 5, dr6: 2 });
    const onWrite = dr({ 1: 0x5004, 7: 0x00d0_0004 });
    expect(toHandler(machineWith(code, { debug: onWrite }), 3).vector).toBeLessThan(0);
  });

  it('on a port counts only with CR4.DE', () => {
    const debug = dr({ 3: 0xe9, 7: 0x2000_0040 });
    const machine = machineWith([0xe6, 0xe9, 0x90], { debug, cr4: 8 });
    expect(toHandler(machine)).toMatchObject({ vector: DB, at: 2, dr6: 8 });
    expect(toHandler(machineWith([0xe6, 0xe9, 0x90], { debug }), 2).vector).toBeLessThan(0);
  });

  it('set while code runs is met in code that was decoded before', () => {
    const code = [0x40, 0xa3, 0, 0x50, 0, 0, 0xeb, 0xf8];
    const machine = machineWith(code);
    machine.cpu.run(30);
    const state = machine.cpu.save(0n);
    machine.cpu.restore({ ...state, debug: dr({ 0: 0x5000, 7: 0x000d_0001 }) });
    expect(toHandler(machine)).toMatchObject({ vector: DB, at: 6, dr6: 1 });
  });

  it('of a repeated instruction is met once, and on data after every step', () => {
    const general = [0, 3, 0, 0, STACK_TOP, 0, 0, 0x5000];
    const debug = dr({ 0: CODE_AT, 7: 1 });
    const machine = machineWith([0xf3, 0xab, 0x90], { debug, general, eflags: 2 | RF });
    machine.cpu.run(3);
    expect(machine.cpu.save(0n)).toMatchObject({ eip: CODE_AT + 2, eflags: 2 });
    const onData = dr({ 0: 0x5004, 7: 0x000d_0001 });
    const stopped = machineWith([0xf3, 0xab, 0x90], { debug: onData, general });
    expect(toHandler(stopped)).toMatchObject({ vector: DB, at: 0, dr6: 1 });
    expect(stopped.cpu.save(0n).general[1]).toBe(1);
  });

  it('on data in a load of SS waits for the instruction after it', () => {
    // mov ss, [0x5000]; nop; nop
    const code = [0x8e, 0x15, 0, 0x50, 0, 0, 0x90, 0x90];
    const machine = machineWith(code, { debug: dr({ 0: 0x5000, 7: 0x0003_0001 }) });
    machine.ram.set([0x10, 0], 0x5000);
    expect(toHandler(machine)).toMatchObject({ vector: DB, at: 7, dr6: 1 });
  });

  it('leaves the debug registers guarded if asked, until the handler', () => {
    const machine = machineWith([0x0f, 0x21, 0xc0], { debug: dr({ 7: 0x2000 }) });
    const met = toHandler(machine);
    expect(met).toMatchObject({ vector: DB, at: 0, dr6: 0x2000 });
    expect(met.flags & RF).toBe(RF);
    expect(machine.cpu.save(0n).debug[5]).toBe(0x400);
  });
});

describe('DR4 and DR5', () => {
  it('stand for DR6 and DR7, or for nothing with CR4.DE', () => {
    const machine = machineWith([0x0f, 0x21, 0xe8, 0x90]);
    machine.cpu.run(1);
    expect(machine.cpu.save(0n).general[0]).toBe(0x400);
    expect(toHandler(machineWith([0x0f, 0x21, 0xe8], { cr4: 8 }))).toMatchObject({ vector: 6 });
  });
});

describe('the alignment check', () => {
  const segments = {
    ...bareState().segments,
    cs: { selector: 0x1b, base: 0, limit: 0xffff_ffff, access: 0xcfb },
    ss: { selector: 0x23, base: 0, limit: 0xffff_ffff, access: 0xcf3 },
    tr: { selector: 0x28, base: TSS_AT, limit: 0x67, access: 0x8b },
  };
  const user: Partial<CpuState> = { segments, cr0: 0x4_0011, eflags: 2 | AC };
  const read = (at: number) => [0xa1, at & 0xff, at >> 8, 0, 0];

  it.each([
    ['a double word read', read(0x5002), 4],
    ['a word written', [0x66, 0xa3, 0x01, 0x50, 0, 0], 4],
    ['a push onto an odd stack', [0x4c, 0x50], 5],
  ])('refuses %s in ring 3', (_what, code) => {
    const machine = machineWith(code, user);
    machine.cpu.run(5);
    const state = machine.cpu.save(0n);
    expect((state.eip - HANDLER) / 16).toBe(ALIGNMENT);
    expect(machine.ram[state.general[4]]).toBe(0);
  });

  it.each([
    ['with EFLAGS.AC off', { ...user, eflags: 2 }],
    ['with CR0.AM off', { ...user, cr0: 0x11 }],
    ['in ring 0', { cr0: 0x4_0011, eflags: 2 | AC }],
  ])('is not made %s', (_what, change) => {
    const machine = machineWith([...read(0x5002), 0x90], change);
    machine.cpu.run(2);
    expect(machine.cpu.save(0n).eip).toBe(CODE_AT + 6);
  });

  it('begins and ends with POPF, in the middle of a program', () => {
    // pushf; xor dword [esp], AC; popf; mov eax, [0x5002]
    const toggle = [0x9c, 0x81, 0x34, 0x24, 0, 0, 4, 0, 0x9d];
    const machine = machineWith([...read(0x5002), ...toggle, ...read(0x5002)], {
      ...user,
      eflags: 2,
    });
    machine.cpu.run(5);
    expect((machine.cpu.eip - HANDLER) / 16).toBe(ALIGNMENT);
  });
});

describe('directory pointers', () => {
  const POINTERS_AT = 0x7000;
  const paging: Partial<CpuState> = { cr0: 0x8000_0011, cr4: 0x20, cr3: POINTERS_AT };
  const loadCr3 = [0x0f, 0x22, 0xd8];

  function withPaging(code: readonly number[]) {
    const machine = machineWith(code);
    // The first 2 MiB, as one large page.
    machine.ram.set([0x01, 0x80], POINTERS_AT);
    machine.ram.set([0xe3, 0, 0, 0], 0x8000);
    machine.cpu.restore({
      ...machine.cpu.save(0n),
      ...paging,
      general: [POINTERS_AT, 0, 0, 0, 0x7000, 0, 0, 0],
    });
    return machine;
  }

  it('are those of the moment when CR3 was written', () => {
    // mov [0x7000], ecx (not present); invlpg [0x5000]; mov eax, [0x5000]
    const code = [
      ...loadCr3,
      0x89,
      0x0d,
      0,
      0x70,
      0,
      0,
      0x0f,
      0x01,
      0x3d,
      0,
      0x50,
      0,
      0,
      0xa1,
      0,
      0x50,
      0,
      0,
    ];
    const machine = withPaging(code);
    machine.cpu.run(4);
    expect(machine.cpu.eip).toBe(CODE_AT + code.length);
    const state = machine.cpu.save(0n);
    machine.cpu.restore(structuredClone(state));
    expect(machine.cpu.save(0n)).toEqual(state);
    machine.ram.set([0xa1, 0, 0x50, 0, 0], CODE_AT + code.length);
    machine.cpu.run(1);
    expect(machine.cpu.eip).toBe(CODE_AT + code.length + 5);
  });

  it('with reserved bits are refused when CR3 is written', () => {
    const machine = withPaging(loadCr3);
    machine.ram[POINTERS_AT] = 0x03;
    machine.cpu.run(1);
    expect((machine.cpu.eip - HANDLER) / 16).toBe(GP);
  });
});
