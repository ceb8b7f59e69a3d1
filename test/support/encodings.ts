/** Machine code of every row of the opcode table, with prefixes, addressing forms and operands by seed. */
import fc from 'fast-check';
import { disassembleBytes } from '../../src/cpu/disassemble.ts';
import { isGroup, OPCODES, OPCODES_0F, type Opcode } from '../../src/cpu/opcodes.ts';

export interface Row {
  readonly opcode: Opcode;
  /** Without prefixes; a register's number in it may be any. */
  readonly bytes: readonly number[];
  readonly digit: number | undefined;
}

/** Floating point is one row that stops the guest; nothing is to be assembled of it. */
export const ROWS: readonly Row[] = [[OPCODES, []] as const, [OPCODES_0F, [0x0f]] as const].flatMap(
  ([table, before]) =>
    table.flatMap((entry, number): Row[] => {
      const rows = isGroup(entry) ? entry : [entry];
      return rows.flatMap((opcode, digit) =>
        opcode === undefined || opcode.mnemonic === 'fpu'
          ? []
          : [{ opcode, bytes: [...before, number], digit: isGroup(entry) ? digit : undefined }],
      );
    }),
);

/** What the notation does not tell apart from another size of address or operand. */
const NO_OPERAND_SIZE = ['bswap', 'movzxw', 'movsxw', 'callf', 'jmpf', 'lgdt', 'lidt', 'xlat'];
const allows66 = ({ opcode }: Row): boolean =>
  !NO_OPERAND_SIZE.includes(opcode.mnemonic) &&
  !opcode.operands.some((operand) => /^[JA]/.test(operand)) &&
  (/^[va]$/.test(opcode.width) || opcode.operands.some((operand) => operand.endsWith('v')));
const STRINGS = /^(movs|cmps|stos|lods|scas|ins|outs)$/;

/** Registers, every base, index and scale, displacements of each length, and none. */
const modrms = fc.oneof(
  fc.tuple(fc.integer({ min: 0xc0, max: 0xff })),
  fc.tuple(fc.integer({ min: 0, max: 0xbf })),
  fc.tuple(fc.constantFrom(0x04, 0x44, 0x84), fc.integer({ min: 0, max: 0xff })),
);

/** One encoding of a row, and the text that the disassembler gives it. */
export function linesOf(
  row: Row,
): fc.Arbitrary<{ readonly text: string; readonly bytes: number[] }> {
  return fc
    .record({
      operandSize: fc.boolean(),
      addressSize: fc.boolean(),
      segment: fc.constantFrom(0, 0, 0, 0x26, 0x64, 0x65),
      modrm: modrms,
      reg: fc.integer({ min: 0, max: 7 }),
      rest: fc.uint8Array({ minLength: 12, maxLength: 12 }),
      small: fc.boolean(),
    })
    .map(({ operandSize, addressSize, segment, modrm, reg, rest, small }) => {
      const { opcode, digit } = row;
      const prefixes: number[] = [];
      const isString = STRINGS.test(opcode.mnemonic) || opcode.mnemonic === 'xlat';
      const hasMemory = opcode.hasModrm && modrm[0] < 0xc0 && !opcode.registerOnly;
      if (segment !== 0 && (hasMemory || isString)) prefixes.push(segment);
      if (operandSize && allows66(row)) prefixes.push(0x66);
      if (addressSize && (hasMemory || isString)) prefixes.push(0x67);
      const middle = digit ?? reg;
      const first = (modrm[0] & 0xc7) | (middle << 3);
      const field = opcode.hasModrm || digit !== undefined ? [first, ...modrm.slice(1)] : [];
      // Small numbers are written shorter in another row.
      const tail = small ? Array.from(rest, (byte, i) => (i === 0 ? byte : 0)) : [...rest];
      const whole = Uint8Array.from([...prefixes, ...row.bytes, ...field, ...tail]);
      const { text, length } = disassembleBytes(whole, 0x10_0000);
      return { text, bytes: [...whole.subarray(0, length)] };
    });
}
