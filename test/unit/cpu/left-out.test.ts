/** What the toy leaves out: an exception or a stop by name, never silence. */
import { describe, expect, it } from 'vitest';
import { bareCpu, bareState, CODE_AT, GDT_AT, IDT_AT, runCode } from '../../support/bare-cpu.ts';

const [MP, EM, TS] = [2, 4, 8];
const [NM, UD] = [7, 6];
const NT = 0x4000;
const AVAILABLE_TSS = [0x67, 0, 0, 0x60, 0, 0x89, 0, 0];
const CODE_DESCRIPTOR = [0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0];
const gate = (vector: number) => [vector, 0x20, 0x08, 0, 0, 0x8e, 0, 0];

/** Runs one instruction; gives the vector of its exception, if any. Each has its own handler. */
function vectorOf(code: readonly number[], cr0: number): number | undefined {
  const machine = bareCpu();
  machine.ram.set(CODE_DESCRIPTOR, GDT_AT + 8);
  for (let vector = 0; vector < 32; vector++) machine.ram.set(gate(vector), IDT_AT + 8 * vector);
  const change = { idtr: { base: IDT_AT, limit: 0xff }, cr0: bareState().cr0 | cr0 };
  const { eip } = runCode(machine, code, 1, change);
  return eip >= 0x2000 && eip < 0x2020 ? eip - 0x2000 : undefined;
}

/** Of each opcode a form on registers and one in memory. */
const FLOATING = [0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf].flatMap((opcode) => [
  [opcode, 0xc1],
  [opcode, 0x05, 0, 0x50, 0, 0],
]);

describe('a floating-point instruction', () => {
  it.each([
    ['#UD without a unit', 0, UD],
    ['#UD whatever MP says', MP, UD],
    ['#NM when it is to be emulated', EM, NM],
    ['#NM after a task switch', TS, NM],
  ])('raises %s, in all its forms', (_what, cr0, vector) => {
    expect(FLOATING.map((code) => vectorOf(code, cr0))).toEqual(FLOATING.map(() => vector));
  });

  it.each([
    ['passes', 0, undefined],
    ['passes after a task switch', TS, undefined],
    ['passes when it is to be emulated', EM, undefined],
    ['raises #NM if the unit is monitored after a task switch', MP | TS, NM],
  ])('as WAIT %s', (_what, cr0, vector) => {
    expect(vectorOf([0x9b], cr0)).toBe(vector);
  });
});

describe('a hardware task switch', () => {
  const stopOf = (code: readonly number[], eflags = 2) => {
    const machine = bareCpu();
    machine.ram.set([...CODE_DESCRIPTOR, ...AVAILABLE_TSS], GDT_AT + 8);
    machine.ram.set([0, 0, 0x10, 0, 0, 0x85, 0, 0], IDT_AT + 8 * 0x20);
    const idtr = { base: IDT_AT, limit: 0x1ff };
    runCode(machine, code, 1, { idtr, eflags });
    return machine.cpu.stopped?.cause;
  };

  it.each([
    ['a far jump to a TSS', [0xea, 0, 0, 0, 0, 0x10, 0], 2],
    ['a far call to a TSS', [0x9a, 0, 0, 0, 0, 0x10, 0], 2],
    ['an interrupt through a task gate', [0xcd, 0x20], 2],
    ['IRET with NT set', [0xcf], 2 | NT],
  ])('by %s stops the processor and says so', (_what, code, eflags) => {
    expect(stopOf(code, eflags)).toContain('hardware task switch');
  });

  it('is not what an ordinary far jump is', () => {
    expect(stopOf([0xea, CODE_AT & 0xff, CODE_AT >> 8, 0, 0, 0x08, 0])).toBeUndefined();
  });
});
