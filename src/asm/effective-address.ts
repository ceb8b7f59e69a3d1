/**
 * An address in brackets → base, index, scale and displacement, and those → ModRM, SIB and the
 * displacement's bytes (SDM vol. 2 §2.1.5), by the choices NASM makes.
 */
import { type BaseHint, evaluate, type Scope } from './evaluate.ts';
import type { MemoryOperand } from './operand.ts';
import { refuse } from './problem.ts';
import type { Register } from './registers.ts';
import { isScalar, type Value } from './value.ts';

export interface EffectiveAddress {
  readonly base: Register | undefined;
  readonly index: Register | undefined;
  /** 1, 2, 4 or 8. */
  readonly scale: number;
  /** Without the registers. */
  readonly displacement: Value;
  readonly addressSize: 2 | 4;
}

interface Part {
  readonly register: Register;
  readonly count: number;
}

export function effectiveAddress(operand: MemoryOperand, scope: Scope): EffectiveAddress {
  const hint: BaseHint = {};
  const value = evaluate(operand.expression, scope, hint);
  const parts = value.terms.flatMap(({ of, count }) =>
    typeof of === 'string' ? [] : [{ register: of, count: Number(count) }],
  );
  const displacement = { ...value, terms: value.terms.filter(({ of }) => typeof of === 'string') };
  for (const { register } of parts) refuseUnusable(register, operand.column);
  if (parts.length === 0) {
    const addressSize = operand.inner === 2 ? 2 : 4;
    return { base: undefined, index: undefined, scale: 1, displacement, addressSize };
  }
  const sizes = new Set(parts.map(({ register }) => register.size));
  if (sizes.size > 1)
    refuse(
      operand.column,
      'the address mixes registers of 16 and 32 bits',
      'an address is worked out in one width',
      'use registers of 32 bits, such as ebx and esi',
    );
  const roles = sizes.has(2)
    ? roles16(parts, operand.column)
    : roles32(parts, hint, operand.column);
  return { ...roles, displacement, addressSize: sizes.has(2) ? 2 : 4 };
}

function refuseUnusable({ name, kind, size }: Register, column: number): void {
  if (kind === 'general' && size !== 1) return;
  refuse(
    column,
    `${name} cannot be part of an address`,
    'only general registers of 32 or 16 bits can',
    kind === 'segment' ? `write ${name}: before the address to choose the segment` : 'use ebx',
  );
}

type Roles = Pick<EffectiveAddress, 'base' | 'index' | 'scale'>;

function roles32(parts: readonly Part[], hint: BaseHint, column: number): Roles {
  const [first, second] = parts;
  if (parts.length > 2) refuseForm(column);
  if (second === undefined) return roleOfOne(first, column);
  // The one that is taken once is the base; of two such the first named, or the one not multiplied.
  const firstIsHint = first.register === hint.register;
  const wantsFirst = firstIsHint !== (hint.multiplied === true);
  let [base, index] =
    first.count === 1 && (second.count !== 1 || wantsFirst) ? parts : [second, first];
  if (index.register.name === 'esp' && index.count === 1) [base, index] = [index, base];
  if (base.count !== 1 || index.register.name === 'esp' || ![1, 2, 4, 8].includes(index.count))
    refuseForm(column);
  return { base: base.register, index: index.register, scale: index.count };
}

function roleOfOne({ register, count }: Part, column: number): Roles {
  if (count === 1) return { base: register, index: undefined, scale: 1 };
  if (register.name === 'esp') refuseForm(column);
  // Twice a register is shorter as the register plus itself; 3, 5 and 9 times can be said only so.
  if ([2, 3, 5, 9].includes(count)) return { base: register, index: register, scale: count - 1 };
  if (count !== 4 && count !== 8) refuseForm(column);
  return { base: undefined, index: register, scale: count };
}

function refuseForm(column: number): never {
  return refuse(
    column,
    'the processor cannot form this address',
    'an address is a base register, an index register (not esp) times 1, 2, 4 or 8, and a constant',
    'work out part of it with lea or add first',
  );
}

function roles16(parts: readonly Part[], column: number): Roles {
  const base = parts.find(({ register }) => ['bx', 'bp'].includes(register.name));
  const index = parts.find(({ register }) => ['si', 'di'].includes(register.name));
  const used = [base, index].filter((part) => part !== undefined);
  if (used.length !== parts.length || parts.some(({ count }) => count !== 1))
    refuse(
      column,
      'the processor cannot form this 16-bit address',
      'it is bx or bp, si or di, and a constant',
      'use registers of 32 bits, which can be combined freely',
    );
  return { base: base?.register, index: index?.register, scale: 1 };
}

/** Where the four bytes of an address go that is known only when sections are laid out. */
export interface AddressBytes {
  readonly bytes: readonly number[];
  /** ModRM and SIB come first, then the displacement of so many bytes. */
  readonly displacementSize: 0 | 1 | 2 | 4;
}

/** `reg`: the middle field of ModRM. */
export function encodeAddress(
  address: EffectiveAddress,
  reg: number,
  inner: number | undefined,
): AddressBytes {
  return address.addressSize === 2 ? encode16(address, reg, inner) : encode32(address, reg, inner);
}

/** With no base there is no short displacement. */
function modOf(
  { displacement, addressSize }: EffectiveAddress,
  inner: number | undefined,
  canBeBare: boolean,
): 0 | 1 | 2 {
  const bits = addressSize * 8;
  const number = BigInt.asIntN(bits, displacement.scalar);
  const fits = isScalar(displacement) && number >= -128n && number <= 127n;
  if (inner === 1) return 1;
  if (inner !== undefined) return 2;
  if (!fits) return 2;
  return number === 0n && canBeBare ? 0 : 1;
}

function encode32(address: EffectiveAddress, reg: number, inner: number | undefined): AddressBytes {
  const { base, index, scale } = address;
  const field = reg << 3;
  if (base === undefined && index === undefined) return { bytes: [field | 5], displacementSize: 4 };
  const scaleBits = [1, 2, 4, 8].indexOf(scale) << 6;
  if (base === undefined)
    return {
      bytes: [field | 4, scaleBits | ((index?.number ?? 4) << 3) | 5],
      displacementSize: 4,
    };
  const mod = modOf(address, inner, base.name !== 'ebp');
  const displacementSize = ([0, 1, 4] as const)[mod];
  if (index === undefined && base.name !== 'esp')
    return { bytes: [(mod << 6) | field | base.number], displacementSize };
  const sib = scaleBits | ((index?.number ?? 4) << 3) | base.number;
  return { bytes: [(mod << 6) | field | 4, sib], displacementSize };
}

const FORMS_16 = ['bx+si', 'bx+di', 'bp+si', 'bp+di', 'si', 'di', 'bp', 'bx'];

function encode16(address: EffectiveAddress, reg: number, inner: number | undefined): AddressBytes {
  const { base, index } = address;
  const names = [base, index].flatMap((register) => (register ? [register.name] : []));
  if (names.length === 0) return { bytes: [(reg << 3) | 6], displacementSize: 2 };
  const form = FORMS_16.indexOf(names.join('+'));
  const mod = modOf(address, inner, names[0] !== 'bp' || names.length > 1);
  return {
    bytes: [(mod << 6) | (reg << 3) | form],
    displacementSize: ([0, 1, 2] as const)[mod],
  };
}
