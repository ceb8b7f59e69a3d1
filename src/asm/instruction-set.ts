/** The opcode table by the names that programmers use: what may be written, and which bytes it has. */
import { NAMES, SIZED, STRINGS } from '../cpu/mnemonics.ts';
import { isGroup, OPCODES, OPCODES_0F, type Opcode, type OpcodeEntry } from '../cpu/opcodes.ts';

/** One row of the table under one of its names. */
export interface Form {
  readonly opcode: Opcode;
  /** As they are written, which is not always the table's order. */
  readonly operands: readonly string[];
  /** The last one takes a register's number in its low bits if the row has a Z. */
  readonly bytes: readonly number[];
  /** In the reg field of ModRM. */
  readonly digit: number;
  /** What the name says of the operand size, and of the address size. */
  readonly operandSize: 2 | 4 | undefined;
  readonly addressSize: 2 | 4 | undefined;
}

/** All names of the sixteen conditions; the first is the table's. */
const CONDITION_NAMES = [
  ['o'],
  ['no'],
  ['b', 'c', 'nae'],
  ['nb', 'nc', 'ae'],
  ['z', 'e'],
  ['nz', 'ne'],
  ['be', 'na'],
  ['nbe', 'a'],
  ['s'],
  ['ns'],
  ['p', 'pe'],
  ['np', 'po'],
  ['l', 'nge'],
  ['nl', 'ge'],
  ['le', 'ng'],
  ['nle', 'g'],
];
const CONDITIONAL = /^(j|cmov|set)(n?[obzspl]|n?be|n?le)$/;

/** Other names of whole rows. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  shl: ['sal'],
  loope: ['loopz'],
  loopne: ['loopnz'],
  xlat: ['xlatb'],
  fwait: ['wait'],
  int1: ['icebp'],
  ret: ['retn'],
};
/** The 32-bit form under a name that says so. */
const WIDE_NAMES: Readonly<Record<string, string>> = {
  pusha: 'pushad',
  popa: 'popad',
  pushf: 'pushfd',
  popf: 'popfd',
  iret: 'iretd',
  ret: 'retd',
  retf: 'retfd',
};
/** Operands that may be written either way round, though the table has one. */
const SYMMETRIC: Readonly<Record<string, 'before' | 'after'>> = { xchg: 'before', test: 'after' };

type Named = readonly [name: string, sizes?: { operand?: 2 | 4; address?: 2 | 4 }];

function namesOf({ mnemonic, width, operands }: Opcode): readonly Named[] {
  const conditional = CONDITIONAL.exec(mnemonic);
  if (conditional !== null) {
    const [, stem, condition] = conditional;
    const names = CONDITION_NAMES.find(([first]) => first === condition) ?? [condition];
    return names.map((name) => [stem + name]);
  }
  if (STRINGS.includes(mnemonic)) {
    if (width === 'b') return [[`${mnemonic}b`]];
    return [
      [`${mnemonic}w`, { operand: 2 }],
      [`${mnemonic}d`, { operand: 4 }],
    ];
  }
  if (mnemonic === 'jcxz')
    return [
      ['jcxz', { address: 2 }],
      ['jecxz', { address: 4 }],
    ];
  const sized = SIZED[mnemonic];
  if (sized !== undefined) return sizedNames(mnemonic, sized);
  const name = NAMES[mnemonic] ?? mnemonic;
  const names: Named[] = [name, ...(ALIASES[name] ?? [])].map((own) => [own]);
  if (mnemonic === 'push' && /^[Is]/.test(operands[0])) names.push(['pushw', { operand: 2 }]);
  return names;
}

function sizedNames(mnemonic: string, [narrow, plain]: readonly [string, string]): Named[] {
  const wide = WIDE_NAMES[mnemonic];
  // CBW and CWDE are names of a size each; of RET and RETW only the second.
  const isPlain = narrow === `${plain}w`;
  return [
    [narrow, { operand: 2 }],
    isPlain ? [plain] : [plain, { operand: 4 }],
    ...(ALIASES[plain] ?? []).map((name): Named => [name]),
    ...(wide === undefined ? [] : [[wide, { operand: 4 }] as Named]),
  ];
}

const forms = new Map<string, Form[]>();

function addRow(opcode: Opcode, bytes: readonly number[], digit: number): void {
  if (opcode.mnemonic === 'fpu') return;
  // The table names the register of IN and OUT first.
  const operands = opcode.mnemonic === 'out' ? opcode.operands.toReversed() : opcode.operands;
  const order = SYMMETRIC[opcode.mnemonic];
  const swapped = operands.toReversed();
  const isSymmetric = order !== undefined && !/^I/.test(operands[1]);
  const orders = !isSymmetric
    ? [operands]
    : order === 'before'
      ? [swapped, operands]
      : [operands, swapped];
  for (const [name, sizes] of namesOf(opcode)) {
    const list = forms.get(name) ?? [];
    forms.set(name, list);
    for (const own of orders)
      list.push({
        opcode,
        operands: own,
        bytes,
        digit,
        operandSize: sizes?.operand,
        addressSize: sizes?.address,
      });
  }
}

function addTable(table: readonly OpcodeEntry[], prefix: readonly number[]): void {
  table.forEach((entry, number) => {
    if (isGroup(entry)) {
      entry.forEach((row, digit) => {
        if (row !== undefined) addRow(row, [...prefix, number], digit);
      });
    } else if (entry !== undefined) {
      const isInRegister = entry.operands.some((operand) => operand.startsWith('Z'));
      // The same row stands there for each register; NOP has the place of the first of XCHG's.
      if (isInRegister && table[number - 1] === entry) return;
      addRow(entry, [...prefix, isInRegister ? number & 0xf8 : number], 0);
    }
  });
}

addTable(OPCODES, []);
addTable(OPCODES_0F, [0x0f]);

export const formsOf = (name: string): readonly Form[] => forms.get(name) ?? [];

export const INSTRUCTION_NAMES: readonly string[] = [...forms.keys(), 'pause', ...STRINGS];
