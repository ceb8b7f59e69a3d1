/**
 * Every record of a Harris 80C286 (SingleStepTests/80286), run on the toy PC's processor: one
 * instruction each, 16-bit registers and the defined flags compared.
 */
import { existsSync, readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bareCpu, bareState, CODE_AT, IDT_AT } from '../support/bare-cpu.ts';

const folder = new URL('../../../shared/vectors/', import.meta.url);
const isThere = existsSync(new URL('80286.bin.br', folder));
const RECORD = 72;
/** −29600 ÷ 103 does not fit in AL: must raise #DE; the recording holds another answer. */
const MUST_TRAP = 182565;
/** ax bx cx dx cs ss ds es sp bp si di ip flags → eax ecx edx ebx esp ebp esi edi */
const PLACE = [0, 2, 3, 1, 8, 9, 10, 11];
const FLAGS = 13;
/** Ends the block that is decoded. */
const JUMP_TO_ITSELF = [0xeb, 0xfe];

/** Does the operand of the form have 16 bits? Bit 0 of the opcode says so where there are two widths. */
function isWide(form: string): boolean {
  const opcode = Number.parseInt(form.slice(0, 2), 16);
  if (opcode >= 0x40 && opcode <= 0x61) return true;
  if (opcode === 0x69 || opcode === 0x6b || opcode === 0x98 || opcode === 0x99) return true;
  if (opcode >= 0x90 && opcode <= 0x97) return true;
  if (opcode >= 0xb8 && opcode <= 0xbf) return true;
  const twoWidths =
    opcode < 0x40
      ? (opcode & 7) < 6
      : (opcode >= 0x80 && opcode <= 0x8b) ||
        opcode === 0xa9 ||
        opcode === 0xc7 ||
        opcode === 0xc1 ||
        opcode === 0xd1 ||
        opcode === 0xd3 ||
        opcode === 0xf7 ||
        opcode === 0xff;
  return twoWidths && ((opcode & 1) === 1 || opcode === 0x83);
}

function trapGate(target: number): number[] {
  return [target & 0xff, target >> 8, 0x08, 0, 0, 0x8f, 0, 0];
}

function runAll(bin: Uint8Array, forms: readonly string[]) {
  const view = new DataView(bin.buffer, bin.byteOffset, bin.byteLength);
  const machine = bareCpu();
  const differences: string[] = [];
  const word = (record: number, at: number) => view.getUint16(record * RECORD + at, true);
  const count = bin.length / RECORD;
  // Division errors arrive at 0x2000 through a trap gate, over a GDT with flat code at 8.
  machine.ram.set(trapGate(0x2000), IDT_AT);
  machine.ram.set([0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0, 0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0], 0x4008);
  const base = { ...bareState(), idtr: { base: IDT_AT, limit: 7 } };
  const trapped: number[] = [];
  machine.cpu.restore(base);
  for (let n = 0; n < count; n++) {
    const form = forms[word(n, 0)];
    const mask = word(n, 2);
    const length = bin[n * RECORD + 4];
    const prefix = isWide(form) ? [0x66] : [];
    const code = bin.subarray(n * RECORD + 5, n * RECORD + 5 + length);
    const before = PLACE.map((place) => word(n, 16 + 2 * place));
    const after = PLACE.map((place) => word(n, 44 + 2 * place));
    // Not restored as a whole each time: that forgets all translations and takes its time.
    const { cpu } = machine;
    cpu.writePhysical(CODE_AT, Uint8Array.from([...prefix, ...code, ...JUMP_TO_ITSELF]));
    const eflags = (word(n, 16 + 2 * FLAGS) & 0x0cd5) | 2;
    // The stack pointer may be odd and low: nothing here touches the stack but a trap.
    cpu.r.set(before.map((value, i) => (i === 4 ? value | 0x10000 : value)));
    cpu.setEflags(eflags, -1);
    cpu.eip = CODE_AT;
    cpu.run(1);
    if (cpu.eip === 0x2000) {
      trapped.push(n);
      continue;
    }
    const got = Array.from(cpu.r.subarray(0, 8), (value) => value & 0xffff);
    const flags = (cpu.getEflags() ^ word(n, 44 + 2 * FLAGS)) & mask & 0x0cd5;
    const sameRegisters = got.every((value, i) => value === after[i]);
    if (sameRegisters && flags === 0 && cpu.stopped === undefined) continue;
    const bytes = [...code].map((b) => b.toString(16).padStart(2, '0')).join(' ');
    differences.push(
      `${n} ${form} [${bytes}] flags ${flags.toString(16)} got ${got} wanted ${after} ${cpu.stopped?.cause ?? ''}`,
    );
  }
  return { count, differences, trapped };
}

describe.skipIf(!isThere)('an 80286 as recorded (skipped where the recording is absent)', () => {
  it('agrees in every record', { timeout: 120_000 }, () => {
    const bin = brotliDecompressSync(readFileSync(new URL('80286.bin.br', folder)));
    const forms = readFileSync(new URL('80286.forms', folder), 'utf8').trim().split('\n');
    const { count, differences, trapped } = runAll(bin, forms);
    expect(count).toBeGreaterThan(100_000);
    expect(differences.slice(0, 20)).toEqual([]);
    expect(trapped).toEqual([MUST_TRAP]);
  });
});
