import { describe, expect, it } from 'vitest';
import { Machine } from '../../../src/machine/machine.ts';
import { loadMultiboot } from '../../../src/machine/multiboot.ts';
import { PlainMemory } from '../../../src/machine/plain-memory.ts';
import { runAlone } from '../../../src/machine/run-alone.ts';
import { guestFile } from '../../support/logged-memory.ts';
import { ENTRY, tinyKernel } from '../../support/tiny-kernel.ts';

const PAGES = 512;

function load(elf: Uint8Array, pages = PAGES) {
  const memory = new PlainMemory(pages);
  const machine = new Machine(memory, { instructionNs: 50 });
  return { machine, memory, result: loadMultiboot(machine, elf) };
}

function changed(at: number, value: number): Uint8Array {
  const file = tinyKernel([0xf4]);
  file[at] = value;
  return file;
}

describe('the Multiboot loader', () => {
  it('leaves the machine as the specification says', () => {
    const { machine, memory, result } = load(tinyKernel([0xf4]));
    expect(result).toEqual({ ok: true, value: undefined });
    const state = machine.registers();
    expect(state).toMatchObject({ eax: 0x2badb002, eip: ENTRY, eflags: 2, cr0: 0x11 });
    expect(state).toMatchObject({ 'cs.base': 0, 'cs.limit': 0xffffffff, 'cs.access': 0xc9b });
    for (const name of ['ds', 'es', 'fs', 'gs', 'ss'])
      expect(state).toMatchObject({ [`${name}.limit`]: 0xffffffff, [`${name}.access`]: 0xc93 });
    const info = new DataView(memory.machine.buffer, Number(state.ebx));
    expect([0, 4, 8].map((at) => info.getUint32(at, true))).toEqual([1, 640, 1024]);
  });

  it.each([
    ['no ELF at all', new TextEncoder().encode('hello, this is text'), 'not-elf'],
    ['an empty file', new Uint8Array(0), 'not-elf'],
    ['a header cut short', tinyKernel([0xf4]).slice(0, 40), 'bad-elf'],
    ['a 64-bit file', changed(4, 2), 'wrong-elf'],
    ['another processor', changed(18, 62), 'wrong-elf'],
    ['a shared object', changed(16, 3), 'wrong-elf'],
    ['program headers outside the file', changed(31, 0x70), 'bad-elf'],
    ['a segment outside the file', changed(52 + 6, 0x70), 'bad-elf'],
    ['more in the file than in memory', changed(52 + 21, 0), 'bad-elf'],
    ['a wrong checksum', changed(84 + 8, 0), 'not-multiboot'],
    ['a segment past RAM', tinyKernel([0xf4], 0x7000_0000), 'too-large'],
  ])('refuses %s and changes nothing', (_what, file, code) => {
    const { machine, memory, result } = load(file);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(machine.registers().eip).toBe(0);
    expect(memory.machine.bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('refuses features that the header requires and the toy lacks', () => {
    const file = tinyKernel([0xf4]);
    const view = new DataView(file.buffer);
    view.setUint32(88, 4, true);
    view.setUint32(92, (-0x1badb002 - 4) >>> 0, true);
    expect(load(file).result).toMatchObject({ ok: false, error: { code: 'unsupported' } });
  });
});

describe('a program run alone', () => {
  it('gives its console, exit code, registers and RAM', () => {
    const code = [0xb0, 0x48, 0xe6, 0xe9, 0xb0, 0x69, 0xe6, 0xe9, 0xb0, 0x03, 0xe6, 0xf4];
    const run = runAlone(tinyKernel(code), { ramMib: 2, maxInstructions: 1000 });
    if (!run.ok) throw new Error(run.error.message);
    expect(new TextDecoder().decode(run.value.console)).toBe('Hi');
    expect(run.value).toMatchObject({ exitCode: 7, instructions: 6 });
    expect(run.value.ram.length).toBe(2 << 20);
  });

  it('ends at the limit of instructions', () => {
    const run = runAlone(guestFile('idle'), { ramMib: 2, maxInstructions: 12_345 });
    if (!run.ok) throw new Error(run.error.message);
    expect(run.value).toMatchObject({ exit: { reason: 'budget' }, instructions: 12_345 });
    expect(new TextDecoder().decode(run.value.console)).toContain('idle');
  });
});
