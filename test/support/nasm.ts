/** Debian's `nasm` as the judge of our assembler, and the disassembler's lines in its dialect. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = 'nasm';

export const hasNasm = (): boolean => spawnSync(PROGRAM, ['-v']).status === 0;

/** The flat image of a program. What nasm warns of makes the test fail, space reserved in code aside. */
export function nasmImage(source: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'nasm-'));
  try {
    const [input, output] = [join(folder, 'program.asm'), join(folder, 'program.bin')];
    writeFileSync(input, source);
    execFileSync(PROGRAM, ['-f', 'bin', '-Werror', '-w-zeroing', '-o', output, input], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sizes that nasm takes from the other operand or the instruction, and does not want said. */
const SIZELESS = /^(bound|l[defgs]s|lss|invlpg) /;
const STRING = /^(rep\w* )?(movs|cmps|stos|lods|scas|ins|outs|xlat) /;
/** Names of 16-bit forms that nasm writes with a prefix. */
const NARROW: Readonly<Record<string, string>> = {
  enterw: 'o16 enter',
  leavew: 'o16 leave',
  retw: 'o16 ret',
  retfw: 'o16 retf',
};

/** A line that the disassembler gave for code at `eip`, as nasm wants it. */
export function nasmLine(text: string, eip: number): string {
  const string = STRING.exec(text);
  if (string !== null) return stringLine(text, string[1] ?? '', string[2]);
  const line = text
    .replace(/^(enterw|leavew|retw|retfw)/, (name) => NARROW[name])
    .replace(/^(push|pop)w ([c-g]s|ss)$/, 'o16 $1 $2')
    .replace(/^pushw 0x/, 'push word 0x')
    .replace(/^(call|jmp) FWORD PTR /, '$1 far ')
    .replace(/(BYTE|WORD|DWORD|QWORD|FWORD) PTR /, (_, size) =>
      SIZELESS.test(text) ? '' : `${size.toLowerCase()} `,
    )
    .replace(/\bds:(0x[0-9a-f]+)/, '[$1]')
    .replace(/\b([c-g]s|ss):(0x[0-9a-f]+)/, '[$1:$2]')
    .replace(/\b([c-g]s|ss):\[/, '[$1:');
  return line.replace(/^((?:j\w+|call|loop\w*) )0x([0-9a-f]+)$/, (_, name, target) => {
    const distance = Number.parseInt(target, 16) - eip;
    return `${name}$${distance < 0 ? '' : '+'}${distance}`;
  });
}

const SUFFIXES: Readonly<Record<string, string>> = { BYTE: 'b', WORD: 'w', DWORD: 'd' };

function stringLine(text: string, repeat: string, name: string): string {
  const size = /(BYTE|WORD|DWORD) PTR/.exec(text)?.[1] ?? 'BYTE';
  const segment = /\b([c-g]s|ss):\[e?(?:si|bx)\]/.exec(text)?.[1] ?? 'ds';
  const address = /\[(si|di|bx)\]/.test(text) ? 'a16 ' : '';
  const override = segment === 'ds' ? '' : `${segment} `;
  return `${repeat}${override}${address}${name}${name === 'xlat' ? 'b' : SUFFIXES[size]}`;
}
