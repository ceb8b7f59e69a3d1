import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handlerName } from '../../../src/cpu/assemble.ts';
import { hasHandler } from '../../../src/cpu/handlers.ts';
import { HOT } from '../../../src/cpu/hot.ts';
import { isGroup, OPCODES, OPCODES_0F, type Opcode } from '../../../src/cpu/opcodes.ts';

const LETTERS: Readonly<Record<string, string>> = { AL: 'r', AX: 'r', CL: 'c', DX: 'x', 1: 'i' };
const KINDS: Readonly<Record<string, readonly string[]>> = {
  E: ['r', 'm'],
  M: ['m'],
  O: ['m'],
  G: ['r'],
  Z: ['r'],
  R: ['r'],
  S: ['s'],
  C: ['k'],
  D: ['d'],
  I: ['i'],
  s: ['i'],
  J: ['j'],
  A: ['p'],
};

/** Every shape that a row of the table can take. */
function shapes(opcode: Opcode): string[] {
  return opcode.operands.reduce<string[]>(
    (found, operand) => {
      const isSegment = /^[CDEFGS]S$/.test(operand);
      const letters = isSegment ? ['s'] : LETTERS[operand] ? [LETTERS[operand]] : KINDS[operand[0]];
      return found.flatMap((shape) => letters.map((letter) => shape + letter));
    },
    [''],
  );
}

const rows = [...OPCODES, ...OPCODES_0F]
  .flatMap((entry) => (isGroup(entry) ? entry : [entry]))
  .filter((row): row is Opcode => row !== undefined);
const forms = rows.flatMap((row) =>
  ([2, 4] as const).flatMap((size) => shapes(row).map((shape) => handlerName(row, size, shape))),
);

describe('the table of opcodes', () => {
  it('has a handler for every form it lists', () => {
    expect(forms.length).toBeGreaterThan(800);
    expect([...new Set(forms.filter((form) => !hasHandler(form)))]).toEqual([]);
  });

  it('numbers the short paths as the interpreter does', () => {
    const source = readFileSync(new URL('../../../src/cpu/execute.ts', import.meta.url), 'utf8');
    const cases = [...source.matchAll(/case (\d+):(?: \{\s*)?\s*\/\/ ([\w.]+)/g)];
    expect(cases.length).toBeGreaterThan(70);
    for (const [, number, name] of cases)
      expect(`${number} ${HOT[Number(number)]}`).toBe(`${number} ${name}`);
  });

  it('has a handler for every short path', () => {
    expect(HOT.filter((name) => !hasHandler(name))).toEqual([]);
  });
});
