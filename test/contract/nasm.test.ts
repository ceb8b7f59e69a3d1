/** `nasm` as the judge of the assembler: the corpus, and every row of the opcode table with any operands. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/asm/assemble.ts';
import { EXAMPLES } from '../../src/asm/examples.ts';
import { flatImage, GUEST_ORIGIN } from '../../src/asm/image.ts';
import { linesOf, ROWS } from '../support/encodings.ts';
import { hasNasm, nasmImage, nasmLine } from '../support/nasm.ts';

const judged = hasNasm();
const why = judged ? '' : ' (not run: nasm is not installed)';
const CORPUS = fileURLToPath(new URL('../vectors/asm', import.meta.url));
const sources = readdirSync(CORPUS).filter((name) => name.endsWith('.asm'));

const SEED = 20_261_127;
const PER_ROW = 6;
/** Each line at a place of its own, so that one that is longer leaves the next where it is. */
const SLOT = 32;
const AT = 0x10_0000;

function image(source: string): Uint8Array {
  const program = assemble(source);
  if (!program.ok) throw new Error(JSON.stringify(program.error.slice(0, 5)));
  return flatImage(program.value);
}

const slots = (bytes: Uint8Array, lines: readonly string[]): string[] =>
  lines.map((line, n) => {
    const slot = bytes.subarray(n * SLOT, (n + 1) * SLOT);
    return `${line}: ${Buffer.from(slot)
      .toString('hex')
      .replace(/(00)+$/, '')}`;
  });

describe.skipIf(!judged)(`nasm${why}`, () => {
  it('has a corpus to judge', () => {
    expect(sources.length).toBeGreaterThanOrEqual(4);
  });

  it.each(sources)('makes the same bytes of %s', (name) => {
    const source = readFileSync(join(CORPUS, name), 'utf8');
    const theirs = nasmImage(source);
    expect(theirs.length).toBeGreaterThan(20);
    expect(Buffer.from(image(source)).toString('hex')).toBe(Buffer.from(theirs).toString('hex'));
    // What is committed for machines without nasm is what nasm says.
    const committed = readFileSync(join(CORPUS, name.replace(/asm$/, 'bin')));
    expect(committed.equals(Buffer.from(theirs))).toBe(true);
  });

  it.each(EXAMPLES)('makes the same bytes of the example $name', ({ text }) => {
    const source = `bits 32\norg ${GUEST_ORIGIN}\n${text}`;
    expect(Buffer.from(image(source)).toString('hex')).toBe(
      Buffer.from(nasmImage(source)).toString('hex'),
    );
  });

  it('makes the same bytes of every row of the table, with any operands', () => {
    const lines = ROWS.flatMap((row) =>
      fc
        .sample(linesOf(row), { seed: SEED, numRuns: PER_ROW })
        .filter(({ text }) => !/^\((?:bad|cut short)|\?|^mov cs,/.test(text))
        .map(({ text }) => nasmLine(text, AT)),
    );
    expect(lines.length).toBeGreaterThan(ROWS.length * PER_ROW * 0.8);
    const source = ['bits 32', ...lines.flatMap((line) => [line, `align ${SLOT}, db 0`])];
    const text = `${source.join('\n')}\n`;
    expect(slots(image(text), lines)).toEqual(slots(nasmImage(text), lines));
  });
});
