/**
 * The one table of instructions: it drives the decoder, the disassembler and tests. SDM vol. 2
 * appendix A; operands are written in its letters:
 *
 *   E  r/m operand           G  register of ModRM       Z  register of the opcode
 *   M  r/m, memory only      R  r/m, register only      S  segment register of ModRM
 *   I  immediate             s  immediate, one byte sign-extended to the operand's width
 *   J  relative jump         O  address in the opcode   A  far pointer in the opcode
 *   C  control register      D  debug register
 * followed by the width: b 8, w 16, d 32, v 16 or 32 by the operand size, p far pointer, t table
 * register, q 64, a bounds pair. AL, AX, CL, DX, 1, ES … GS stand for themselves; `@b`, `@w`, `@v`
 * give a width to an instruction without operands. The last column holds marks: L may take LOCK,
 * R only reads its first operand, J ends a block (control transfer or change of mode).
 */
const ONE_BYTE = `
00 add Eb Gb ,L
01 add Ev Gv ,L
02 add Gb Eb
03 add Gv Ev
04 add AL Ib
05 add AX Iv
06 pushs ES @v
07 pops ES @v
08 or Eb Gb ,L
09 or Ev Gv ,L
0A or Gb Eb
0B or Gv Ev
0C or AL Ib
0D or AX Iv
0E pushs CS @v
10 adc Eb Gb ,L
11 adc Ev Gv ,L
12 adc Gb Eb
13 adc Gv Ev
14 adc AL Ib
15 adc AX Iv
16 pushs SS @v
17 pops SS @v
18 sbb Eb Gb ,L
19 sbb Ev Gv ,L
1A sbb Gb Eb
1B sbb Gv Ev
1C sbb AL Ib
1D sbb AX Iv
1E pushs DS @v
1F pops DS @v
20 and Eb Gb ,L
21 and Ev Gv ,L
22 and Gb Eb
23 and Gv Ev
24 and AL Ib
25 and AX Iv
27 daa
28 sub Eb Gb ,L
29 sub Ev Gv ,L
2A sub Gb Eb
2B sub Gv Ev
2C sub AL Ib
2D sub AX Iv
2F das
30 xor Eb Gb ,L
31 xor Ev Gv ,L
32 xor Gb Eb
33 xor Gv Ev
34 xor AL Ib
35 xor AX Iv
37 aaa
38 cmp Eb Gb ,R
39 cmp Ev Gv ,R
3A cmp Gb Eb
3B cmp Gv Ev
3C cmp AL Ib
3D cmp AX Iv
3F aas
40+ inc Zv
48+ dec Zv
50+ push Zv
58+ pop Zv
60 pusha @v
61 popa @v
62 bound Gv Ma ,R
63 arpl Ew Gw ,R
68 push Iv
69 imul Gv Ev Iv
6A push sv
6B imul Gv Ev sv
6C ins @b
6D ins @v
6E outs @b
6F outs @v
70* j Jb
80/0 add Eb Ib ,L
80/1 or Eb Ib ,L
80/2 adc Eb Ib ,L
80/3 sbb Eb Ib ,L
80/4 and Eb Ib ,L
80/5 sub Eb Ib ,L
80/6 xor Eb Ib ,L
80/7 cmp Eb Ib ,R
81/0 add Ev Iv ,L
81/1 or Ev Iv ,L
81/2 adc Ev Iv ,L
81/3 sbb Ev Iv ,L
81/4 and Ev Iv ,L
81/5 sub Ev Iv ,L
81/6 xor Ev Iv ,L
81/7 cmp Ev Iv ,R
82/0 add Eb Ib ,L
82/1 or Eb Ib ,L
82/2 adc Eb Ib ,L
82/3 sbb Eb Ib ,L
82/4 and Eb Ib ,L
82/5 sub Eb Ib ,L
82/6 xor Eb Ib ,L
82/7 cmp Eb Ib ,R
83/0 add Ev sv ,L
83/1 or Ev sv ,L
83/2 adc Ev sv ,L
83/3 sbb Ev sv ,L
83/4 and Ev sv ,L
83/5 sub Ev sv ,L
83/6 xor Ev sv ,L
83/7 cmp Ev sv ,R
84 test Eb Gb ,R
85 test Ev Gv ,R
86 xchg Eb Gb ,L
87 xchg Ev Gv ,L
88 mov Eb Gb
89 mov Ev Gv
8A mov Gb Eb
8B mov Gv Ev
8C movfs Ev Sw
8D lea Gv Mv ,R
8E movts Sw Ew
8F/0 pop Ev
90 nop
91+ xchg Zv AX
98 cbw @v
99 cwd @v
9A callf Ap @v ,J
9B wait
9C pushf @v
9D popf @v ,J
9E sahf
9F lahf
A0 mov AL Ob
A1 mov AX Ov
A2 mov Ob AL
A3 mov Ov AX
A4 movs @b
A5 movs @v
A6 cmps @b
A7 cmps @v
A8 test AL Ib
A9 test AX Iv
AA stos @b
AB stos @v
AC lods @b
AD lods @v
AE scas @b
AF scas @v
B0+ mov Zb Ib
B8+ mov Zv Iv
C0/0 rol Eb Ib
C0/1 ror Eb Ib
C0/2 rcl Eb Ib
C0/3 rcr Eb Ib
C0/4 shl Eb Ib
C0/5 shr Eb Ib
C0/6 shl Eb Ib
C0/7 sar Eb Ib
C1/0 rol Ev Ib
C1/1 ror Ev Ib
C1/2 rcl Ev Ib
C1/3 rcr Ev Ib
C1/4 shl Ev Ib
C1/5 shr Ev Ib
C1/6 shl Ev Ib
C1/7 sar Ev Ib
C2 ret Iw @v ,J
C3 ret @v ,J
C4 les Gv Mp ,R
C5 lds Gv Mp ,R
C6/0 mov Eb Ib
C7/0 mov Ev Iv
C8 enter Iw Ib @v
C9 leave @v
CA retf Iw @v ,J
CB retf @v ,J
CC int3 ,J
CD int Ib ,J
CE into ,J
CF iret @v ,J
D0/0 rol Eb 1
D0/1 ror Eb 1
D0/2 rcl Eb 1
D0/3 rcr Eb 1
D0/4 shl Eb 1
D0/5 shr Eb 1
D0/6 shl Eb 1
D0/7 sar Eb 1
D1/0 rol Ev 1
D1/1 ror Ev 1
D1/2 rcl Ev 1
D1/3 rcr Ev 1
D1/4 shl Ev 1
D1/5 shr Ev 1
D1/6 shl Ev 1
D1/7 sar Ev 1
D2/0 rol Eb CL
D2/1 ror Eb CL
D2/2 rcl Eb CL
D2/3 rcr Eb CL
D2/4 shl Eb CL
D2/5 shr Eb CL
D2/6 shl Eb CL
D2/7 sar Eb CL
D3/0 rol Ev CL
D3/1 ror Ev CL
D3/2 rcl Ev CL
D3/3 rcr Ev CL
D3/4 shl Ev CL
D3/5 shr Ev CL
D3/6 shl Ev CL
D3/7 sar Ev CL
D4 aam Ib
D5 aad Ib
D7 xlat
D8 fpu Ev ,R
D9 fpu Ev ,R
DA fpu Ev ,R
DB fpu Ev ,R
DC fpu Ev ,R
DD fpu Ev ,R
DE fpu Ev ,R
DF fpu Ev ,R
E0 loopne Jb ,J
E1 loope Jb ,J
E2 loop Jb ,J
E3 jcxz Jb ,J
E4 in AL Ib
E5 in AX Ib
E6 out AL Ib
E7 out AX Ib
E8 call Jv @v ,J
E9 jmp Jv ,J
EA jmpf Ap @v ,J
EB jmp Jb ,J
EC in AL DX
ED in AX DX
EE out AL DX
EF out AX DX
F1 int1 ,J
F4 hlt ,J
F5 cmc
F6/0 test Eb Ib ,R
F6/1 test Eb Ib ,R
F6/2 not Eb ,L
F6/3 neg Eb ,L
F6/4 mul Eb ,R
F6/5 imul Eb ,R
F6/6 div Eb ,R
F6/7 idiv Eb ,R
F7/0 test Ev Iv ,R
F7/1 test Ev Iv ,R
F7/2 not Ev ,L
F7/3 neg Ev ,L
F7/4 mul Ev ,R
F7/5 imul Ev ,R
F7/6 div Ev ,R
F7/7 idiv Ev ,R
F8 clc
F9 stc
FA cli
FB sti
FC cld
FD std
FE/0 inc Eb ,L
FE/1 dec Eb ,L
FF/0 inc Ev ,L
FF/1 dec Ev ,L
FF/2 call Ev ,RJ
FF/3 callf Mp @v ,RJ
FF/4 jmp Ev ,RJ
FF/5 jmpf Mp @v ,RJ
FF/6 push Ev ,R
`;

const TWO_BYTE = `
00/0 sldt Ev
00/1 str Ev
00/2 lldt Ew ,R
00/3 ltr Ew ,R
00/4 verr Ew ,R
00/5 verw Ew ,R
01/0 sgdt Mt
01/1 sidt Mt
01/2 lgdt Mt @v ,R
01/3 lidt Mt @v ,R
01/4 smsw Ev
01/6 lmsw Ew ,RJ
01/7 invlpg Mb ,RJ
02 lar Gv Ew
03 lsl Gv Ew
06 clts
08 invd
09 wbinvd
0B ud ,J
1F/0 nopw Ev ,R
20 movfc Rd Cd
21 movfd Rd Dd
22 movtc Cd Rd ,J
23 movtd Dd Rd ,J
31 rdtsc
40* cmov Gv Ev
80* j Jv
90* set Eb
A0 pushs FS @v
A1 pops FS @v
A2 cpuid
A3 bt Ev Gv ,R
A4 shld Ev Gv Ib
A5 shld Ev Gv CL
A8 pushs GS @v
A9 pops GS @v
AB bts Ev Gv ,L
AC shrd Ev Gv Ib
AD shrd Ev Gv CL
AF imul Gv Ev
B0 cmpxchg Eb Gb ,L
B1 cmpxchg Ev Gv ,L
B2 lss Gv Mp ,R
B3 btr Ev Gv ,L
B4 lfs Gv Mp ,R
B5 lgs Gv Mp ,R
B6 movzxb Gv Eb
B7 movzxw Gv Ew
BA/4 bt Ev Ib ,R
BA/5 bts Ev Ib ,L
BA/6 btr Ev Ib ,L
BA/7 btc Ev Ib ,L
BB btc Ev Gv ,L
BC bsf Gv Ev
BD bsr Gv Ev
BE movsxb Gv Eb
BF movsxw Gv Ew
C0 xadd Eb Gb ,L
C1 xadd Ev Gv ,L
C7/1 cmpxchg8b Mq ,L
C8+ bswap Zv
`;

const CONDITIONS = [
  'o',
  'no',
  'b',
  'nb',
  'z',
  'nz',
  'be',
  'nbe',
  's',
  'ns',
  'p',
  'np',
  'l',
  'nl',
  'le',
  'nle',
];

export interface Opcode {
  readonly mnemonic: string;
  readonly operands: readonly string[];
  /** Width letter of the operation: b, w, d, v, or '' when it has none. */
  readonly width: string;
  readonly lockable: boolean;
  readonly onlyReads: boolean;
  readonly endsBlock: boolean;
  /** What follows from the operands, worked out once. */
  readonly hasModrm: boolean;
  readonly registerOnly: boolean;
  readonly memoryOnly: boolean;
  /** Stores to its memory operand. */
  readonly writesMemory: boolean;
  /** Width letter of the memory operand; '' when it makes no access. */
  readonly memoryWidth: string;
}

/** An opcode is a row, or eight by the reg field of ModRM. */
export type OpcodeEntry = Opcode | readonly (Opcode | undefined)[] | undefined;

export const isGroup = (entry: OpcodeEntry): entry is readonly (Opcode | undefined)[] =>
  Array.isArray(entry);

function parseRow(text: string): Opcode {
  const [body, marks = ''] = text.split(',');
  const [mnemonic, ...rest] = body.trim().split(/\s+/);
  const hint = rest.find((token) => token.startsWith('@'));
  const operands = rest.filter((token) => !token.startsWith('@'));
  return {
    mnemonic,
    operands,
    width: hint?.[1] ?? widthOf(operands),
    lockable: marks.includes('L'),
    onlyReads: marks.includes('R'),
    endsBlock: marks.includes('J'),
    ...traits(mnemonic, operands, !marks.includes('R')),
  };
}

/** Instructions whose memory operand is an address only, or is not looked at. */
const NO_ACCESS = ['lea', 'nopw', 'fpu'];

function traits(mnemonic: string, operands: readonly string[], writes: boolean) {
  const memory = operands.find((operand) => /^[EMO]/.test(operand));
  return {
    hasModrm: operands.some((operand) => /^[EGMRSCD][a-z]/.test(operand)),
    registerOnly: operands.some((operand) => operand.startsWith('R')),
    memoryOnly: operands.some((operand) => operand.startsWith('M')),
    writesMemory: writes && memory !== undefined && memory === operands[0],
    memoryWidth: memory === undefined || NO_ACCESS.includes(mnemonic) ? '' : memory[1],
  };
}

/** The first operand decides; a fixed register by its name. */
function widthOf(operands: readonly string[]): string {
  const [first] = operands;
  if (first === 'AL') return 'b';
  if (first === 'AX') return 'v';
  if (first === undefined || /^[JAS]/.test(first) || first.endsWith('t')) return '';
  return /^[a-zA-Z][bwdv]$/.test(first) ? first[1] : '';
}

function parse(table: string): readonly OpcodeEntry[] {
  const entries: (Opcode | (Opcode | undefined)[] | undefined)[] = new Array(256).fill(undefined);
  for (const line of table.trim().split('\n')) {
    const opcode = Number.parseInt(line.slice(0, 2), 16);
    const row = parseRow(line.slice(line.indexOf(' ')));
    const kind = line[2];
    if (kind === '/') {
      const group = entries[opcode];
      const rows = Array.isArray(group) ? group : new Array<Opcode | undefined>(8).fill(undefined);
      rows[Number(line[3])] = row;
      entries[opcode] = rows;
    } else if (kind === '+') {
      for (let n = opcode; n <= (opcode | 7); n++) entries[n] ??= row;
    } else if (kind === '*') {
      CONDITIONS.forEach((name, n) => {
        entries[opcode + n] = { ...row, mnemonic: row.mnemonic + name };
      });
    } else entries[opcode] = row;
  }
  return entries;
}

export const OPCODES = parse(ONE_BYTE);
/** After 0F. */
export const OPCODES_0F = parse(TWO_BYTE);
