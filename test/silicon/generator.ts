/** Random instructions from the toy's own table, with operands that mostly lie in the test's pages or on their edges. */
import { Prng } from '../../src/base/prng.ts';
import { isGroup, OPCODES, OPCODES_0F, type Opcode } from '../../src/cpu/opcodes.ts';
import {
  BACKGROUND_SIZE,
  CODE,
  CODE_BYTES,
  CODE_SIZE,
  DATA,
  DATA_END,
  DATA_SIZE,
  FIXED,
  PAGE,
  POKE_SIZE,
  type SingleTest,
  USER_CODE,
  USER_DATA,
} from './layout.ts';

/**
 * Left out, and why. `kernel`: the operating system answers in the processor's place or may be
 * entered. `host`: the answer is the machine's own. `shadow`: the step ends one instruction later.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  sgdt: 'kernel',
  sidt: 'kernel',
  sldt: 'kernel',
  str: 'kernel',
  smsw: 'kernel',
  int1: 'kernel',
  cpuid: 'host',
  rdtsc: 'host',
  fpu: 'host',
  lss: 'shadow',
};

interface Row {
  readonly bytes: readonly number[];
  /** reg field of ModRM when it is part of the opcode. */
  readonly field: number | undefined;
  readonly opcode: Opcode;
}

function rowsOf(table: typeof OPCODES, before: readonly number[]): Row[] {
  return table.flatMap((entry, code): Row[] => {
    const bytes = [...before, code];
    if (!isGroup(entry))
      return entry === undefined ? [] : [{ bytes, field: undefined, opcode: entry }];
    return entry.flatMap((opcode, field) =>
      opcode === undefined ? [] : [{ bytes, field, opcode }],
    );
  });
}

/** A load of SS; and the forms that are prefixes of longer instructions on today's processors. */
const loadsStack = ({ opcode, bytes }: Row): boolean =>
  opcode.mnemonic === 'pops' && opcode.operands[0] === 'SS' && bytes.length === 1;

export const ROWS: readonly Row[] = [...rowsOf(OPCODES, []), ...rowsOf(OPCODES_0F, [0x0f])].filter(
  (row) => LEFT_OUT[row.opcode.mnemonic] === undefined && !loadsStack(row),
);

const STRINGS = ['movs', 'cmps', 'stos', 'lods', 'scas', 'ins', 'outs'];
/** Data segments that both sides have, none, one past every table, one in an absent local table. */
const SELECTORS = [0, 0, 3, USER_DATA, USER_DATA, USER_CODE, 0xfff8, 0x1004, 0xffff];
const VALUES = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];
const ARITHMETIC = 0x8d5;
const DIRECTION = 0x400;
const ALIGNMENT = 0x4_0000;
const ESP = 4;
const EBP = 5;

/** What the pages hold: bytes, with a share of zeros, ones and ASCII digits. */
export function background(seed: number): Uint8Array {
  const prng = Prng.stream(seed, 'silicon background');
  return Uint8Array.from({ length: BACKGROUND_SIZE }, () => {
    const kind = prng.below(8);
    if (kind === 0) return 0;
    return kind === 1 ? 0xff : prng.below(256);
  });
}

export class Generator {
  private readonly prng: Prng;
  private general: number[] = [];
  private poke: SingleTest['poke'];

  constructor(seed: number) {
    this.prng = Prng.stream(seed, 'silicon');
  }

  next(): SingleTest {
    const { prng } = this;
    const row = this.pick(ROWS);
    this.general = Array.from({ length: 8 }, () => this.value());
    this.poke = undefined;
    for (const register of [ESP, EBP, 6, 7]) this.general[register] = this.target();
    let flags = 2 | (prng.u32() & ARITHMETIC);
    if (prng.chance(1, 8)) flags |= DIRECTION;
    if (prng.chance(1, 16)) flags |= ALIGNMENT;
    this.prepareRegisters(row.opcode);
    const code = this.encode(row);
    const atEnd = prng.chance(1, 32);
    const offset = atEnd
      ? CODE_SIZE - 1 - prng.below(CODE_BYTES)
      : prng.below(CODE_SIZE - CODE_BYTES);
    const general = this.general.map((value) => value >>> 0);
    return { code, offset, general, flags, poke: this.poke };
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[this.prng.below(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  private value(): number {
    const { prng } = this;
    switch (prng.below(4)) {
      case 0:
        return this.pick(VALUES);
      case 1:
        return prng.below(256) - 128;
      default:
        return prng.u32();
    }
  }

  /** An address: within the pages, or on one of the edges where something faults. */
  private target(): number {
    const { prng } = this;
    const near = (at: number) => at + prng.below(24) - 12;
    switch (prng.below(16)) {
      case 0:
        return near(DATA_END);
      case 1:
        return near(DATA);
      case 2:
        return near(DATA + PAGE);
      case 3:
        return near(FIXED + prng.below(2) * PAGE);
      case 4:
        return FIXED + prng.below(PAGE - 16);
      case 5:
        return CODE + prng.below(CODE_SIZE);
      default: {
        const at = DATA + 160 + prng.below(DATA_SIZE - 320);
        return prng.chance(1, 2) ? at & ~3 : at;
      }
    }
  }

  /** Puts chosen words where an address points, if there is room. */
  private put(address: number, words: readonly number[]): void {
    const at = address - DATA;
    if (at < 0 || at > DATA_SIZE - POKE_SIZE) return;
    this.poke = { at, words: words.map((word) => word >>> 0) };
  }

  private selector(): number {
    return this.pick(SELECTORS);
  }

  private prepareRegisters({ mnemonic, operands }: Opcode): void {
    const { prng, general } = this;
    if (mnemonic.endsWith('div') && prng.chance(3, 4)) this.prepareDivision(mnemonic === 'idiv');
    if (STRINGS.includes(mnemonic)) {
      general[6] = this.target();
      general[7] = this.target();
      general[1] = prng.chance(1, 8) ? 0 : prng.below(6);
    }
    if (mnemonic === 'xlat') general[3] = this.target() - ((general[0] ?? 0) & 0xff);
    if (/^loop|^jcxz/.test(mnemonic)) general[1] = prng.below(4);
    const top = general[ESP] ?? 0;
    const jump = prng.chance(1, 2) ? CODE + prng.below(CODE_SIZE) : prng.u32();
    if (mnemonic === 'retf' || mnemonic === 'iret')
      this.put(top, [
        jump,
        this.pick([USER_CODE, USER_CODE, USER_CODE, 0, 3, 0x1004, USER_DATA]),
        prng.u32() & 0x3f_7fd7,
        0,
      ]);
    if (mnemonic === 'popf') this.put(top, [prng.u32() & ~0x100, 0, 0, 0]);
    if (mnemonic === 'pops') this.put(top, [this.selector() | (prng.u32() & 0xffff_0000), 0, 0, 0]);
    if (mnemonic === 'ret') this.put(top, [jump, 0, 0, 0]);
    if (operands.includes('CL') && prng.chance(3, 4)) general[1] = this.value() & 0x3f;
  }

  /** A dividend whose quotient fits, mostly. */
  private prepareDivision(isSigned: boolean): void {
    const { prng, general } = this;
    const high = isSigned && prng.chance(1, 2) ? -1 : 0;
    general[2] = prng.chance(1, 2) ? high : prng.below(64);
    if (prng.chance(1, 3)) general[0] = prng.below(0x8000);
  }

  private encode({ bytes, field, opcode }: Row): Uint8Array {
    const { prng } = this;
    const isString = STRINGS.includes(opcode.mnemonic);
    const is16 = prng.chance(1, 12);
    const prefixes: number[] = [];
    if (prng.chance(1, 4)) prefixes.push(0x66);
    if (is16) prefixes.push(0x67);
    if (prng.chance(1, 12)) prefixes.push(this.pick([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65]));
    if (prng.chance(1, opcode.lockable ? 6 : 64) && !/^mov[ft]/.test(opcode.mnemonic))
      prefixes.push(0xf0);
    if (isString && prng.chance(2, 3)) prefixes.push(this.pick([0xf2, 0xf3]));
    prng.shuffle(prefixes);
    const code = [...prefixes, ...bytes, ...this.operands(field, opcode, is16)];
    while (code.length < CODE_BYTES) code.push(prng.below(256));
    return Uint8Array.from(code.slice(0, CODE_BYTES));
  }

  private operands(field: number | undefined, opcode: Opcode, is16: boolean): number[] {
    const { prng } = this;
    const out: number[] = [];
    if (field !== undefined || opcode.hasModrm) out.push(...this.modrm(field, opcode, is16));
    for (const operand of opcode.operands) {
      if (operand[0] === 'O') out.push(...word(this.target()));
      else if (operand === 'Ap')
        out.push(...word(prng.u32()), this.pick([USER_CODE, USER_CODE, 0, 3]), 0);
    }
    // INT: no vector through which a program may enter the kernel.
    if (opcode.mnemonic === 'int') out.push(5 + prng.below(0x78));
    return out;
  }

  private modrm(field: number | undefined, opcode: Opcode, is16: boolean): number[] {
    const { prng, general } = this;
    const { mnemonic } = opcode;
    // MOV to a segment register: never to SS, whose step ends one instruction later.
    const reg = field ?? (mnemonic === 'movts' ? this.pick([0, 1, 3, 4, 5, 6, 7]) : prng.below(8));
    const inRegister = opcode.registerOnly || (!opcode.memoryOnly && prng.chance(1, 2));
    if (inRegister) {
      const rm = prng.below(8);
      if (/^(?:movts|lar|lsl|ver[rw]|lldt|ltr)$/.test(mnemonic)) general[rm] = this.selector();
      return [0xc0 | (reg << 3) | rm];
    }
    // A look at a segment of the host's own kernel would tell what that is: only chosen ones.
    const looks = /^(?:lar|lsl|ver[rw])$/.test(mnemonic);
    const target = looks ? DATA + prng.below(DATA_SIZE - POKE_SIZE) : this.target();
    if (looks || mnemonic === 'movts') this.put(target, [this.selector(), 0, 0, 0]);
    else if (/^l[defg]s$/.test(mnemonic)) this.put(target, [prng.u32(), this.selector(), 0, 0]);
    else if (/^(?:callf|jmpf)$/.test(mnemonic)) this.put(target, [prng.u32(), USER_CODE, 0, 0]);
    else if (prng.chance(1, 4)) this.put(target, [this.value(), this.value(), 0, 0]);
    if (/^bt[crs]?$/.test(mnemonic) && field === undefined && prng.chance(3, 4))
      general[reg] = prng.below(512) - 256;
    if (mnemonic === 'cmpxchg8b' && prng.chance(1, 2))
      this.put(target, [general[0] ?? 0, general[2] ?? 0, 0, 0]);
    if (is16) return [(prng.below(3) << 6) | (reg << 3) | prng.below(8)];
    return this.address(reg, target);
  }

  /** An address form of any kind, with its registers set so that it leads to the target. */
  private address(reg: number, target: number): number[] {
    const { prng, general } = this;
    const mod = prng.below(3);
    const displacement = mod === 1 ? prng.below(256) - 128 : mod === 2 ? this.value() | 0 : 0;
    const tail = mod === 1 ? [displacement & 0xff] : mod === 2 ? word(displacement) : [];
    const kind = prng.below(8);
    if (kind === 0) return [(reg << 3) | 5, ...word(target)];
    if (kind < 5) {
      const base = this.pick(mod === 0 ? [0, 1, 2, 3, 6, 7] : [0, 1, 2, 3, 5, 6, 7]);
      general[base] = target - displacement;
      return [(mod << 6) | (reg << 3) | base, ...tail];
    }
    const index = prng.below(8);
    const scale = prng.below(4);
    const offset = index === 4 ? 0 : (general[index] ?? 0) << scale;
    const noBase = mod === 0 && prng.chance(1, 3);
    if (noBase) return [(reg << 3) | 4, (scale << 6) | (index << 3) | 5, ...word(target - offset)];
    const base = this.pick([0, 1, 2, 3, 4, 6, 7].filter((register) => register !== index));
    general[base] = target - displacement - offset;
    return [(mod << 6) | (reg << 3) | 4, (scale << 6) | (index << 3) | base, ...tail];
  }
}

const word = (value: number): number[] => [
  value & 0xff,
  (value >>> 8) & 0xff,
  (value >>> 16) & 0xff,
  value >>> 24,
];
