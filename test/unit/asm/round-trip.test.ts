/** Disassembler and assembler undo each other, for every row of the opcode table. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../../src/asm/assemble.ts';
import { disassembleBytes } from '../../../src/cpu/disassemble.ts';
import { linesOf, ROWS } from '../../support/encodings.ts';

const AT = 0x10_0000;
const SEED = 20_261_127;
const PER_ROW = 5;

function bytesOf(line: string): Uint8Array {
  const program = assemble(line, AT);
  if (!program.ok) throw new Error(`${line}: ${JSON.stringify(program.error)}`);
  return program.value.sections[0].bytes;
}

const textOf = (bytes: Uint8Array): string => disassembleBytes(bytes, AT).text;

/** NASM puts the first register of XCHG where the disassembler reads the second. */
const isExchange = (text: string): boolean => /^xchg \w+,\w+$/.test(text);

function roundTrip(line: string): void {
  const bytes = bytesOf(line);
  const text = textOf(bytes);
  const again = bytesOf(text);
  if (isExchange(text)) expect(bytesOf(textOf(again))).toEqual(bytes);
  else expect([text, again]).toEqual([line.replace(/,0x1$/, ',1') === text ? text : line, bytes]);
}

/** Opcodes and registers that are not there, and a load of CS, which is an invalid opcode. */
const isNothing = (text: string): boolean => /^\((?:bad|cut short)|\?|^mov cs,/.test(text);

describe('what the disassembler says', () => {
  it('is assembled to what it was read from, whatever the row and its operands', () => {
    let lines = 0;
    const rows = new Set<string>();
    for (const row of ROWS) {
      fc.assert(
        fc.property(linesOf(row), ({ text }) => {
          if (isNothing(text)) return;
          roundTrip(text);
          lines++;
          rows.add(`${row.bytes} ${row.digit}`);
        }),
        { seed: SEED, numRuns: PER_ROW },
      );
    }
    expect(rows.size).toBe(ROWS.length);
    expect(lines).toBeGreaterThan(ROWS.length * PER_ROW * 0.8);
  });
});
