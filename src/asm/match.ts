/**
 * Does an instruction as written fit a row of the table, at an operand size? Gives the fields of its
 * encoding, or the reason why not.
 */
import { WORD_IN_MEMORY } from '../cpu/mnemonics.ts';
import type { EffectiveAddress } from './effective-address.ts';
import type { Form } from './instruction-set.ts';
import type { Size } from './operand.ts';
import type { Register } from './registers.ts';
import { isScalar, type Value } from './value.ts';

/** An operand with its names looked up. */
export type Resolved = { readonly column: number; readonly strict: boolean } & (
  | { readonly kind: 'register'; readonly register: Register }
  | {
      readonly kind: 'value';
      readonly value: Value;
      readonly selector: Value | undefined;
      readonly size: Size | undefined;
      readonly distance: 'short' | 'near' | 'far' | undefined;
    }
  | {
      readonly kind: 'memory';
      readonly address: EffectiveAddress;
      readonly segment: Register | undefined;
      readonly inner: Size | undefined;
      readonly size: Size | undefined;
      readonly far: boolean;
    }
);
export type ResolvedMemory = Extract<Resolved, { kind: 'memory' }>;
export type ResolvedValue = Extract<Resolved, { kind: 'value' }>;

/** Why a row does not fit, from the nearest miss to the farthest. */
export const MISSES = ['range', 'unsized', 'size', 'kind'] as const;
export type Miss = (typeof MISSES)[number];

/** A value's place in the encoding. */
export interface Immediate {
  readonly value: Value;
  readonly size: 1 | 2 | 4;
  /** What may stand there: a value's bits, a signed byte that is widened, a distance from the next instruction. */
  readonly meaning: 'bits' | 'signed' | 'distance';
  readonly column: number;
}

export interface Fields {
  readonly form: Form;
  /** Undefined: the row has no operand size. */
  readonly operandSize: 2 | 4 | undefined;
  readonly reg: number;
  readonly rm: Register | undefined;
  readonly memory: ResolvedMemory | undefined;
  /** Address in the opcode, without ModRM. */
  readonly direct: ResolvedMemory | undefined;
  readonly immediates: readonly Immediate[];
}

export type Matched = { readonly ok: true; readonly fields: Fields } | Missed;

/** `at`: the operand that does not fit; those before it do. */
export interface Missed {
  readonly ok: false;
  readonly form: Form;
  readonly miss: Miss;
  readonly at: number;
}

export interface Wish {
  /** `o16` or `o32` before the instruction. */
  readonly operandSize: 2 | 4 | undefined;
  /** Memory operands of this name have one size that is not the operand size, so that none need be given. */
  readonly oneSize: boolean;
}

/** Rows whose operand size changes what they do or how long they are. */
export const hasOperandSize = ({ opcode }: Form): boolean =>
  /^[vpa]$/.test(opcode.width) ||
  opcode.operands.some((operand) => operand === 'AX' || /^[A-Zs][vpa]$/.test(operand));

/** Without a size the address alone tells: a jump's, or the one word of a system register. */
const UNSIZED = ['call', 'callf', 'jmp', 'jmpf', ...WORD_IN_MEMORY];
const ANY_WORD_REGISTER = ['lar', 'lsl', 'movts'];
const SHIFTS = ['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar'];
/** Rows that the processor has at 16 bits too, but that do nothing sensible there. */
const ONLY_WIDE = ['bswap', 'movzxw', 'movsxw'];

export function match(
  form: Form,
  operands: readonly Resolved[],
  operandSize: 2 | 4 | undefined,
  wish: Wish,
): Matched {
  const matcher = new Matcher(form, operandSize ?? 4, wish);
  for (let i = 0; i < operands.length; i++) {
    const miss = matcher.take(form.operands[i], operands[i]);
    if (miss !== undefined) return { ok: false, form, miss, at: i };
  }
  const sizeMiss = matcher.sizeMiss(operandSize);
  if (sizeMiss !== undefined) return { ok: false, form, ...sizeMiss };
  return { ok: true, fields: matcher.fields(operandSize) };
}

class Matcher {
  private readonly form: Form;
  private readonly size: 2 | 4;
  private readonly wish: Wish;
  /** Width letters that a register or a sized value has settled. */
  private readonly settled = new Set<string>();
  private unsized: { readonly letter: string; readonly at: number } | undefined;
  private reg: number;
  private rm: Register | undefined;
  private memory: ResolvedMemory | undefined;
  private direct: ResolvedMemory | undefined;
  private readonly immediates: Immediate[] = [];
  private taken = 0;

  constructor(form: Form, size: 2 | 4, wish: Wish) {
    this.form = form;
    this.size = size;
    this.wish = wish;
    this.reg = form.digit;
  }

  take(letters: string, operand: Resolved): Miss | undefined {
    const at = this.taken++;
    if (/^[A-Z]{2}$/.test(letters)) return this.takeFixed(letters, operand);
    switch (letters[0]) {
      case 'G':
      case 'Z':
        return this.takeRegister(letters[1], operand);
      case 'S':
        return this.takeSystem('segment', operand);
      case 'C':
        return this.takeSystem('control', operand);
      case 'D':
        return this.takeSystem('debug', operand);
      case 'E':
      case 'M':
      case 'R':
        return this.takeRm(letters, operand, at);
      case 'O':
        return this.takeDirect(letters[1], operand);
      default:
        return operand.kind === 'value' ? this.takeValue(letters, operand) : 'kind';
    }
  }

  private widthOf(letter: string): number {
    switch (letter) {
      case 'b':
        return 1;
      case 'w':
        return 2;
      case 'd':
        return 4;
      case 'q':
        return 8;
      case 'p':
        return this.size + 2;
      case 'a':
        return 2 * this.size;
      default:
        return this.size;
    }
  }

  private takeFixed(name: string, operand: Resolved): Miss | undefined {
    if (operand.kind !== 'register') return 'kind';
    const { register } = operand;
    if (name === 'AX') {
      if (register.kind !== 'general' || register.number !== 0 || register.size === 1)
        return 'kind';
      if (register.size !== this.size) return 'size';
      this.settled.add('v');
      return undefined;
    }
    if (name === 'AL') this.settled.add('b');
    return register.name === name.toLowerCase() ? undefined : 'kind';
  }

  private takeRegister(letter: string, operand: Resolved): Miss | undefined {
    if (operand.kind !== 'register' || operand.register.kind !== 'general') return 'kind';
    if (operand.register.size !== this.widthOf(letter)) return 'size';
    this.settled.add(letter);
    this.reg = operand.register.number;
    return undefined;
  }

  private takeSystem(kind: Register['kind'], operand: Resolved): Miss | undefined {
    if (operand.kind !== 'register' || operand.register.kind !== kind) return 'kind';
    if (this.form.opcode.mnemonic === 'movts' && operand.register.name === 'cs') return 'kind';
    // A selector has 16 bits, wherever it comes from or goes to.
    if (kind === 'segment') for (const letter of 'wv') this.settled.add(letter);
    this.reg = operand.register.number;
    return undefined;
  }

  private takeRm(letters: string, operand: Resolved, at: number): Miss | undefined {
    const { mnemonic } = this.form.opcode;
    if (operand.kind === 'register') {
      const { register } = operand;
      if (letters[0] === 'M' || register.kind !== 'general') return 'kind';
      const anyWord = ANY_WORD_REGISTER.includes(mnemonic) && letters === 'Ew' && register.size > 1;
      if (!anyWord && register.size !== this.widthOf(letters[1])) return 'size';
      this.settled.add(letters[1]);
      this.rm = register;
      return undefined;
    }
    if (operand.kind !== 'memory' || letters[0] === 'R') return 'kind';
    const far = this.farMiss(operand);
    if (far !== undefined) return far;
    this.memory = operand;
    if (operand.size === undefined) this.unsized = { letter: letters[1], at };
    else if (mnemonic !== 'lea' && !this.fitsMemory(letters[1], operand)) return 'size';
    else this.settled.add(letters[1]);
    return undefined;
  }

  /** `far` is said of the two that jump; the disassembler says FWORD instead. */
  private farMiss(operand: ResolvedMemory): Miss | undefined {
    const { mnemonic } = this.form.opcode;
    const isFarJump = mnemonic === 'callf' || mnemonic === 'jmpf';
    const saysFar = operand.far || (isFarJump && operand.size === 6);
    return saysFar === isFarJump ? undefined : 'kind';
  }

  private fitsMemory(letter: string, { size, far }: ResolvedMemory): boolean {
    if (far && size !== 6) return size === this.size;
    if (WORD_IN_MEMORY.includes(this.form.opcode.mnemonic)) return size === 2;
    return letter !== 't' && size === this.widthOf(letter);
  }

  private takeDirect(letter: string, operand: Resolved): Miss | undefined {
    if (operand.kind !== 'memory') return 'kind';
    const { base, index } = operand.address;
    if (base !== undefined || index !== undefined) return 'kind';
    if (operand.size !== undefined && operand.size !== this.widthOf(letter)) return 'size';
    this.direct = operand;
    return undefined;
  }

  private takeValue(letters: string, operand: ResolvedValue): Miss | undefined {
    const { value, size, strict, column, selector, distance } = operand;
    if (letters[0] === 'A') return this.takePointer(operand);
    if (selector !== undefined) return 'kind';
    if (letters[0] === 'J') return this.takeTarget(letters[1], operand);
    if (distance !== undefined) return 'kind';
    const isNumber = isScalar(value);
    if (letters === '1') {
      const isOne = isNumber && !value.unknown && value.scalar === 1n;
      return isOne && !strict && (size === undefined || size === 1) ? undefined : 'kind';
    }
    if (letters === 'sv') return this.takeShort(operand);
    const width = this.widthOf(letters[1]);
    if (size !== undefined && size !== width) return 'size';
    if (size !== undefined && !this.isCount(letters)) this.settled.add(letters[1]);
    this.immediates.push({ value, size: width as 1 | 2 | 4, meaning: 'bits', column });
    return undefined;
  }

  /** The size of a count says nothing of what is shifted. */
  private isCount(letters: string): boolean {
    return letters === 'Ib' && SHIFTS.includes(this.form.opcode.mnemonic);
  }

  /** A byte that the processor widens with its sign. */
  private takeShort({ value, size, strict, column }: ResolvedValue): Miss | undefined {
    const number = BigInt.asIntN(this.size * 8, value.scalar);
    const fits = isScalar(value) && number >= -128n && number <= 127n;
    if (size === 1) {
      this.immediates.push({ value, size: 1, meaning: 'signed', column });
      return undefined;
    }
    if (strict || !fits) return 'range';
    if (size !== undefined && size !== this.size) return 'size';
    if (size !== undefined) this.settled.add('v');
    // 0xFFFFFFFF of 32 bits is the byte FF, widened.
    const byte = { ...value, scalar: number };
    this.immediates.push({ value: byte, size: 1, meaning: 'signed', column });
    return undefined;
  }

  private takePointer({ value, selector, size, column }: ResolvedValue): Miss | undefined {
    if (selector === undefined) return 'kind';
    if (size !== undefined && size !== this.size) return 'size';
    if (size !== undefined) this.settled.add('v');
    this.immediates.push({ value, size: this.size, meaning: 'bits', column });
    this.immediates.push({ value: selector, size: 2, meaning: 'bits', column });
    return undefined;
  }

  private takeTarget(letter: string, operand: ResolvedValue): Miss | undefined {
    const { value, size, distance, column } = operand;
    if (distance === 'far') return 'kind';
    if (letter === 'b') {
      // A far target is left to the row that reaches it, if the instruction has one.
      if (distance === 'near' || (size !== undefined && size !== 1)) return 'kind';
      this.immediates.push({ value, size: 1, meaning: 'distance', column });
      return undefined;
    }
    if (distance === 'short' || size === 1) return 'range';
    if (size !== undefined && size !== this.size) return 'size';
    if (size !== undefined) this.settled.add('v');
    this.immediates.push({ value, size: this.size, meaning: 'distance', column });
    return undefined;
  }

  /** Is the operand size said, and only once? */
  sizeMiss(
    operandSize: 2 | 4 | undefined,
  ): { readonly miss: Miss; readonly at: number } | undefined {
    const { mnemonic } = this.form.opcode;
    const { unsized } = this;
    if (unsized !== undefined && !this.settled.has(unsized.letter)) {
      const isFree = this.wish.oneSize || UNSIZED.includes(mnemonic);
      if (!isFree) return { miss: 'unsized', at: unsized.at };
    }
    if (operandSize === undefined) return undefined;
    if (operandSize === 2 && ONLY_WIDE.includes(mnemonic)) return { miss: 'size', at: 0 };
    const isSettled = ['v', 'p', 'a'].some((letter) => this.settled.has(letter));
    const usual = this.form.operandSize ?? this.wish.operandSize ?? 4;
    if (!isSettled && usual !== operandSize) return { miss: 'size', at: 0 };
    return undefined;
  }

  fields(operandSize: 2 | 4 | undefined): Fields {
    const { form, reg, rm, memory, direct, immediates } = this;
    return { form, operandSize, reg, rm, memory, direct, immediates };
  }
}
