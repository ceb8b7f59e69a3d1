/** The corpus without nasm: the bytes that nasm gave are committed (`test/contract/nasm.test.ts` keeps them true). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { assemble, type Program } from '../../../src/asm/assemble.ts';
import { flatImage } from '../../../src/asm/image.ts';
import { listedLines } from '../../../src/asm/listing.ts';
import { disassembleBytes } from '../../../src/cpu/disassemble.ts';

const CORPUS = fileURLToPath(new URL('../../vectors/asm', import.meta.url));
const names = readdirSync(CORPUS).filter((name) => name.endsWith('.asm'));
const sourceOf = (name: string) => readFileSync(join(CORPUS, name), 'utf8');

function program(source: string, origin = 0): Program {
  const result = assemble(source, origin);
  if (!result.ok) throw new Error(JSON.stringify(result.error.slice(0, 5)));
  return result.value;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Every line with what it has in nasm's file, by where our listing says that it lies. */
function byLine(assembled: Program, image: Uint8Array): string[] {
  return listedLines(assembled)
    .filter(({ bytes }) => bytes.length > 0)
    .map(({ line, text, address, bytes }) => {
      const at = (address ?? 0) - assembled.origin;
      return `${line} ${text}: ${hex(image.subarray(at, at + bytes.length))}`;
    });
}

describe('the corpus', () => {
  it('has more than 300 lines', () => {
    const lines = names.flatMap((name) => listedLines(program(sourceOf(name))));
    expect(lines.filter(({ bytes }) => bytes.length > 0).length).toBeGreaterThan(400);
  });

  it.each(names)('%s is what nasm makes of it', (name) => {
    const assembled = program(sourceOf(name));
    const theirs = readFileSync(join(CORPUS, name.replace(/asm$/, 'bin')));
    const ours = flatImage(assembled);
    expect(byLine(assembled, ours)).toEqual(byLine(assembled, theirs));
    expect(hex(ours)).toBe(hex(theirs));
  });
});

/**
 * What the disassembler's notation cannot say: an encoding longer than it must be, the width of an
 * address without registers, of a counter, of a jump, or of a far pointer in memory; prefixes without
 * effect. A jump's target it gives as a number, which is a label's in a program.
 */
const UNSAYABLE =
  /\b(strict|near|nosplit)\b|\[(byte|word|dword) |loop\w* \$,cx|a16 loop|^(call|jmp)( far)? word|^(call|jmp) dword \$|^jmp near|^[ac](16|s) nop|^o16|^fs nop|^rep(z)? ret|^(pause|rep nop)|^xchg ax,ax|\[ds:0/;

const JUMP = /^((?:j\w+|call|loop\w*) )0x([0-9a-f]+)$/;

describe('a line of the corpus, through the disassembler and back', () => {
  const lines = sourceOf('forms.asm')
    .split('\n')
    .filter((line) => line !== '' && !/^(;|bits|times|d[bwdq] )/.test(line));

  it('is the same bytes', () => {
    const sayable = lines.filter((line) => !UNSAYABLE.test(line));
    expect(sayable.length).toBeGreaterThan(290);
    const there = sayable.map((line) => program(line, 0x1000).sections[0].bytes);
    const back = there.map((bytes) => {
      const text = disassembleBytes(bytes, 0x1000).text.replace(JUMP, (_, jump, target) => {
        return `${jump}$$+${Number.parseInt(target, 16) - 0x1000}`;
      });
      const again = program(text, 0x1000).sections[0].bytes;
      // NASM puts the first register of XCHG where the disassembler reads the second.
      const isExchange = /^xchg \w+,\w+$/.test(text);
      return isExchange
        ? program(disassembleBytes(again, 0x1000).text, 0x1000).sections[0].bytes
        : again;
    });
    expect(sayable.map((line, i) => `${line}: ${hex(back[i])}`)).toEqual(
      sayable.map((line, i) => `${line}: ${hex(there[i])}`),
    );
  });

  it('says the same, where the notation leaves something out', () => {
    const forced = lines.filter((line) => UNSAYABLE.test(line));
    expect(forced.length).toBeGreaterThan(10);
    const textOf = (line: string) =>
      disassembleBytes(program(line, 0x1000).sections[0].bytes, 0x1000).text;
    const texts = forced.map(textOf);
    expect(texts.map(textOf)).toEqual(texts);
  });
});
