/**
 * One instruction → bytes. Every row of the table that it could be is tried, and the shortest is taken;
 * of equally short ones NASM takes the widened byte, then the first.
 */
import { explain } from './diagnose.ts';
import { type AddressBytes, effectiveAddress, encodeAddress } from './effective-address.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { type Form, formsOf } from './instruction-set.ts';
import {
  type Fields,
  hasOperandSize,
  type Immediate,
  type Missed,
  match,
  type Resolved,
  type Wish,
} from './match.ts';
import type { Operand } from './operand.ts';
import { checkPrefixes } from './prefixes.ts';
import { littleEndian } from './range.ts';
import type { Instruction, Prefixes } from './statement.ts';
import { withoutStringOperands } from './string-operands.ts';
import { add, isScalar, scalarValue, scale, type Value } from './value.ts';

/** What is known around an instruction. */
export interface Context extends Scope {
  /** Where the instruction begins. */
  readonly position: Value;
  /** The number that a value comes to, when the sections lie where they lay in the last pass. */
  absolute(value: Value): bigint;
  /** Values that do not fit are refused; before the last pass they may still change. */
  readonly isLast: boolean;
  /** Jumps that stay long, whatever the distance is in this pass. */
  readonly longJumps: Set<Instruction> | undefined;
}

interface Candidate {
  readonly fields: Fields;
  /** Prefixes, opcode, ModRM and SIB. */
  readonly head: readonly number[];
  readonly displacement: { readonly value: Value; readonly size: 0 | 1 | 2 | 4 };
  readonly length: number;
}

export function encode(written: Instruction, context: Context): readonly number[] {
  const instruction = plain(written);
  const operands = instruction.operands.map((operand) => resolve(operand, context));
  checkPrefixes(instruction);
  const { candidates, misses } = findCandidates(instruction, operands);
  const reaching = candidates.filter((candidate) => reaches(candidate, written, context));
  const best = shortest(reaching.length > 0 ? reaching : candidates);
  // Why not is told once, in the last pass.
  if (best === undefined) return context.isLast ? explain(instruction, operands, misses) : [];
  return bytesOf(best, context);
}

/** Forms that only NASM's users or the disassembler write, as the ones of the table. */
function plain(written: Instruction): Instruction {
  const instruction = withoutStringOperands(written);
  const { name, operands, prefixes, column } = instruction;
  if (name === 'pause' && operands.length === 0)
    return { ...instruction, name: 'nop', prefixes: { ...prefixes, repeat: 0xf3 } };
  const [first, second] = operands;
  if (/^loop/.test(name) && second?.kind === 'register' && /^e?cx$/.test(second.register.name)) {
    const addressSize = second.register.size === 2 ? 2 : 4;
    return { ...instruction, operands: [first], prefixes: { ...prefixes, addressSize } };
  }
  if (name === 'imul' && operands.length === 2 && second.kind === 'value')
    return { ...instruction, operands: [first, first, second] };
  if (/^aa[md]$/.test(name) && operands.length === 0)
    return { ...instruction, operands: [ten(column)] };
  return instruction;
}

const ten = (column: number): Operand => ({
  kind: 'value',
  column,
  size: undefined,
  strict: false,
  distance: undefined,
  expression: { kind: 'number', value: 10n, column },
  selector: undefined,
});

function resolve(operand: Operand, scope: Scope): Resolved {
  const { column, strict, size, distance } = operand;
  switch (operand.kind) {
    case 'register':
      return { kind: 'register', column, strict, register: operand.register };
    case 'value': {
      const value = evaluate(operand.expression, scope);
      const selector = operand.selector && evaluate(operand.selector, scope);
      return { kind: 'value', column, strict, value, selector, size, distance };
    }
    case 'memory': {
      const address = effectiveAddress(operand, scope);
      const { inner } = operand;
      const isAbsolute = address.base === undefined && address.index === undefined;
      // `ds:0x1234` is how the disassembler writes an address alone; DS is what is used anyway.
      const isPlain = operand.isBare && isAbsolute && operand.segment?.name === 'ds';
      const segment = isPlain ? undefined : operand.segment;
      return {
        kind: 'memory',
        column,
        strict,
        address,
        segment,
        inner,
        size,
        far: distance === 'far',
      };
    }
  }
}

interface Search {
  readonly candidates: readonly Candidate[];
  readonly misses: readonly Missed[];
}

function findCandidates(instruction: Instruction, operands: readonly Resolved[]): Search {
  const candidates: Candidate[] = [];
  const misses: Missed[] = [];
  const forms = formsOf(instruction.name);
  const wish: Wish = {
    operandSize: instruction.prefixes.operandSize,
    oneSize: hasOneSize(forms),
  };
  for (const form of forms) {
    if (form.operands.length !== operands.length) continue;
    for (const size of hasOperandSize(form) ? ([4, 2] as const) : [undefined]) {
      const matched = match(form, operands, size, wish);
      if (matched.ok) candidates.push(candidateOf(matched.fields, instruction.prefixes));
      else misses.push(matched);
    }
  }
  return { candidates, misses };
}

/** Its memory operands all have one size, whatever the operand size is. */
function hasOneSize(forms: readonly Form[]): boolean {
  const letters = new Set(
    forms.flatMap(({ operands }) =>
      operands.flatMap((operand) => (/^[EM][a-z]/.test(operand) ? [operand[1]] : [])),
    ),
  );
  return letters.size === 1 && !letters.has('v');
}

function candidateOf(fields: Fields, prefixes: Prefixes): Candidate {
  const { form, reg, rm, memory, direct, immediates, operandSize } = fields;
  const address = memory ?? direct;
  const addressSize = address?.address.addressSize ?? form.addressSize ?? prefixes.addressSize;
  const segment = address?.segment ?? prefixes.segment;
  const head: number[] = [];
  if (prefixes.repeat !== 0) head.push(prefixes.repeat);
  if (prefixes.lock) head.push(0xf0);
  if (segment !== undefined) head.push(SEGMENT_PREFIXES[segment.number]);
  if ((operandSize ?? prefixes.operandSize) === 2) head.push(0x66);
  if (addressSize === 2) head.push(0x67);
  head.push(...form.bytes);
  if (form.operands.some((operand) => operand.startsWith('Z'))) head[head.length - 1] |= reg;
  const tail = addressBytes(fields, reg, rm);
  head.push(...tail.bytes);
  const size = direct === undefined ? tail.displacementSize : direct.address.addressSize;
  const value = address?.address.displacement ?? scalarValue(0n);
  const length = immediates.reduce((sum, { size: bytes }) => sum + bytes, head.length + size);
  return { fields, head, displacement: { value, size }, length };
}

const SEGMENT_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];

function addressBytes({ form, memory }: Fields, reg: number, rm: Fields['rm']): AddressBytes {
  if (memory !== undefined) return encodeAddress(memory.address, reg, memory.inner);
  const bytes = rm === undefined || !form.opcode.hasModrm ? [] : [0xc0 | (reg << 3) | rm.number];
  return { bytes, displacementSize: 0 };
}

/** Is a jump's target near enough for a byte? What is not known yet is hoped to be. */
function reaches(candidate: Candidate, instruction: Instruction, context: Context): boolean {
  const jump = candidate.fields.immediates.find(({ meaning }) => meaning === 'distance');
  if (jump === undefined || jump.size !== 1) return true;
  const distance = distanceOf(jump.value, candidate, context);
  if (distance.unknown) return true;
  const { longJumps } = context;
  const isNear = isScalar(distance) && distance.scalar >= -128n && distance.scalar <= 127n;
  if (!isNear) longJumps?.add(instruction);
  return isNear && longJumps?.has(instruction) !== true;
}

/** From the next instruction. */
function distanceOf(target: Value, { length }: Candidate, { position }: Context): Value {
  return add(target, scale(add(position, scalarValue(BigInt(length))), -1n));
}

function shortest(candidates: readonly Candidate[]): Candidate | undefined {
  const rank = ({ length, fields }: Candidate) =>
    2 * length - (fields.form.operands.includes('sv') ? 1 : 0);
  return candidates.reduce<Candidate | undefined>(
    (best, candidate) => (best === undefined || rank(candidate) < rank(best) ? candidate : best),
    undefined,
  );
}

function bytesOf(candidate: Candidate, context: Context): number[] {
  const { head, displacement, fields } = candidate;
  const bytes = [...head];
  const column = (fields.memory ?? fields.direct)?.column ?? 1;
  const { size } = displacement;
  if (size !== 0) {
    const meaning = size === 1 ? 'signed' : 'bits';
    const value = size === 1 ? wrapped(displacement.value, candidate) : displacement.value;
    bytes.push(...placed({ value, size, meaning, column }, candidate, context));
  }
  for (const immediate of fields.immediates) bytes.push(...placed(immediate, candidate, context));
  return bytes;
}

/** In the width of the address, so that 0xFFFFFFFF is the byte FF, widened. */
function wrapped(value: Value, { fields }: Candidate): Value {
  const bits = (fields.memory?.address.addressSize ?? 4) * 8;
  return { ...value, scalar: BigInt.asIntN(bits, value.scalar) };
}

function placed(immediate: Immediate, candidate: Candidate, context: Context): readonly number[] {
  const { value, meaning } = immediate;
  const placedValue = meaning === 'distance' ? distanceOf(value, candidate, context) : value;
  return littleEndian(context.absolute(placedValue), immediate, context.isLast);
}
