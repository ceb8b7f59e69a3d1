/** The disassembler against objdump: whole guests, and every row of the table in many shapes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disassembleBytes } from '../../../src/cpu/disassemble.ts';
import { isGroup, OPCODES, OPCODES_0F, type OpcodeEntry } from '../../../src/cpu/opcodes.ts';

const hasObjdump = spawnSync('objdump', ['--version'], { stdio: 'ignore' }).status === 0;
const guest = (name: string) =>
  fileURLToPath(new URL(`../../../public/guests/${name}.elf`, import.meta.url));

let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'disassemble-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Line {
  readonly at: number;
  readonly bytes: number[];
  readonly text: string;
}

/** objdump's lines; its `-w` keeps all bytes on one. */
function objdump(options: readonly string[], file: string): Line[] {
  const args = ['-d', '-M', 'intel', '-w', ...options, file];
  const text = execFileSync('objdump', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return text.split('\n').flatMap((line) => {
    const [at, bytes, instruction] = line.split('\t');
    if (instruction === undefined) return [];
    return [
      {
        at: Number.parseInt(at, 16),
        bytes: bytes
          .trim()
          .split(' ')
          .map((byte) => Number.parseInt(byte, 16)),
        text: instruction,
      },
    ];
  });
}

/** What both say in their own way is said in one. */
function plain(text: string): string {
  return (
    text
      .replace(/\s*[<#].*$/, '')
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/[+-]0x0\]/, ']')
      .replace(/\+eiz\*[1248]/, '')
      .replace(/\*1(?=[\]+-])/, '')
      .replace(/\bdb(?=\d)/, 'dr')
      // Prefixes without effect, which objdump names all the same.
      .replace(/^(?:(?:addr16|data16|[cdefgs]s) )+/, '')
      .replace(/^rep(?:n?z)? (?!movs |cmps |stos |lods |scas |ins |outs )/, '')
      .replace(/^([ls][gi]dt)[dw]/, '$1')
      // A selector is sixteen bits of whatever register is named.
      .replace(/^(mov [cdefgs]s,|l[as][rl] \w+,)e/, '$1')
      .replace(/^((?:j\w+|call|loop\w*) )0x(?=[0-9a-f]+$)/, '$1')
      .replace(/^xchg ax,ax$/, 'nop')
  );
}

/** Not the toy's, or no instruction at all; and short jumps of 16 bits, which objdump reads as AMD64. */
function isComparable(theirs: string, ours: string, bytes: readonly number[]): boolean {
  const isJump = bytes[0] === 0x66 && /^(?:j|call|loop)/.test(ours);
  return !isJump && !theirs.includes('(bad)') && !/^\((?:bad|cut short)/.test(ours);
}

const ours = ({ at, bytes }: Line): string =>
  plain(disassembleBytes(Uint8Array.from(bytes), at).text);

describe.skipIf(!hasObjdump)('the disassembler (skipped without objdump)', () => {
  it.each(['muncher', 'web', 'compile', 'database'])('reads %s as objdump does', (name) => {
    const lines = objdump([], guest(name));
    expect(lines.length).toBeGreaterThan(200);
    const pairs = lines
      .map((line) => [plain(line.text), ours(line), line.bytes] as const)
      .filter((pair) => isComparable(...pair));
    expect(pairs.length).toBeGreaterThan(lines.length * 0.9);
    expect(pairs.filter(([theirs, own]) => theirs !== own)).toEqual([]);
  });

  it('reads every row of the table as objdump does', () => {
    const codes = [...shapes(OPCODES, []), ...shapes(OPCODES_0F, [0x0f])];
    expect(codes.length).toBeGreaterThan(3000);
    // Each at its own place, so that a disagreement about one length cannot reach the next.
    const image = new Uint8Array(codes.length * 32).fill(0x90);
    codes.forEach((code, n) => {
      image.set(code, n * 32);
    });
    const file = join(work, 'rows.bin');
    writeFileSync(file, image);
    const theirs = new Map(
      objdump(['-D', '-b', 'binary', '-m', 'i386', '-z'], file).map((line) => [line.at, line]),
    );
    const pairs = codes
      .map((bytes, n) => {
        const text = theirs.get(n * 32)?.text ?? '(none)';
        return [plain(text), ours({ at: n * 32, bytes, text }), bytes] as const;
      })
      .filter((pair) => isComparable(...pair));
    expect(pairs.length).toBeGreaterThan(codes.length * 0.9);
    expect(pairs.filter(([wanted, own]) => wanted !== own)).toEqual([]);
  });
});

const PREFIXES = [[], [0x66], [0x67], [0x64]];
/** Registers, no base, displacements of both signs, a scaled index. */
const MODRMS = [
  [0xc1],
  [0xec],
  [0x03],
  [0x05],
  [0x46, 0xf0],
  [0x86],
  [0x44, 0x8d, 0x10],
  [0x04, 0x24],
];
const REST = [0x78, 0x56, 0x34, 0x12, 0x9a, 0xbc, 0x01, 0x02];

/** Bytes of every row, with each prefix and addressing form. */
function shapes(table: readonly OpcodeEntry[], before: readonly number[]): number[][] {
  return table.flatMap((entry, opcode) => {
    const rows = isGroup(entry) ? entry : [entry];
    return rows.flatMap((row, number) => {
      // Floating point is one row here and a hundred there.
      if (row === undefined || row.mnemonic === 'fpu') return [];
      const fields = isGroup(entry) || row.hasModrm ? MODRMS : [[]];
      return PREFIXES.flatMap((prefix) =>
        fields.map((field) => {
          const [modrm, ...rest] = field;
          const first =
            isGroup(entry) && modrm !== undefined ? [(modrm & 0xc7) | (number << 3)] : [modrm];
          const body = modrm === undefined ? [] : [...first, ...rest];
          return [...prefix, ...before, opcode, ...body, ...REST].map((byte) => byte ?? 0);
        }),
      );
    });
  });
}

describe('a disassembled instruction', () => {
  it.each([
    [[0x8b, 0x44, 0x8d, 0xfc], 'mov eax,DWORD PTR [ebp+ecx*4-0x4]'],
    [[0xf3, 0xa5], 'rep movs DWORD PTR es:[edi],DWORD PTR ds:[esi]'],
    [[0xf0, 0x0f, 0xb1, 0x0a], 'lock cmpxchg DWORD PTR [edx],ecx'],
    [[0x66, 0x83, 0xf8, 0xff], 'cmp ax,0xffff'],
    [[0x0f, 0x22, 0xd8], 'mov cr3,eax'],
    [[0xeb, 0xfe], 'jmp 0x1000'],
    [[0xea, 1, 0, 0, 0, 8, 0], 'jmp 0x8:0x1'],
    [[0x0f, 0xff], '(bad)'],
    [[0x81, 0xc0, 1], '(cut short)'],
  ])('%j is %s', (bytes, text) => {
    expect(disassembleBytes(Uint8Array.from(bytes), 0x1000).text).toBe(text);
  });

  it('comes from the guests as their files hold them', () => {
    expect(readFileSync(guest('idle')).length).toBeGreaterThan(100);
  });
});
