/** Expression tree → value, with NASM's operators: / and % without sign, // and %% with it. */
import type { Expression } from './expression.ts';
import { refuse } from './problem.ts';
import type { Register } from './registers.ts';
import { add, isScalar, scalarValue, scale, UNKNOWN, type Value, wrap } from './value.ts';

export interface Scope {
  /** Pre: none; a name that is defined nowhere is refused at `column`. */
  valueOf(name: string, column: number): Value;
}

/**
 * Which register a programmer would call the base: the first named, unless it is multiplied. NASM
 * keeps the same hint, and `[ebp+eax]` and `[eax+ebp]` differ by it.
 */
export interface BaseHint {
  register?: Register;
  multiplied?: boolean;
}

export function evaluate(expression: Expression, scope: Scope, hint: BaseHint = {}): Value {
  switch (expression.kind) {
    case 'number':
      return scalarValue(expression.value);
    case 'register':
      hint.register ??= expression.register;
      return { scalar: 0n, terms: [{ of: expression.register, count: 1n }], unknown: false };
    case 'symbol':
      return scope.valueOf(expression.name, expression.column);
    case 'unary': {
      const operand = evaluate(expression.operand, scope, hint);
      return unary(expression.operator, operand, expression.column);
    }
    case 'binary': {
      const left = evaluate(expression.left, scope, hint);
      const right = evaluate(expression.right, scope, hint);
      if (expression.operator === '*' && hint.register !== undefined) {
        const { register } = hint;
        if ([...left.terms, ...right.terms].some(({ of }) => of === register))
          hint.multiplied = true;
      }
      return binary(expression.operator, left, right, expression.column);
    }
  }
}

function unary(operator: string, operand: Value, column: number): Value {
  if (operator === '+') return operand;
  if (operator === '-') return scale(operand, -1n);
  needScalar(operator, operand, column);
  if (operand.unknown) return UNKNOWN;
  return scalarValue(operator === '~' ? ~operand.scalar : operand.scalar === 0n ? 1n : 0n);
}

function binary(operator: string, left: Value, right: Value, column: number): Value {
  if (operator === '+') return add(left, right);
  if (operator === '-') return add(left, scale(right, -1n));
  if (operator === '*') {
    if (isScalar(right)) return product(left, right);
    needScalar(operator, left, column);
    return product(right, left);
  }
  needScalar(operator, left, column);
  needScalar(operator, right, column);
  if (left.unknown || right.unknown) return UNKNOWN;
  return scalarValue(scalars(operator, left.scalar, right.scalar, column));
}

/** A factor that is not known yet leaves registers where they are. */
const product = (value: Value, factor: Value): Value =>
  factor.unknown ? { ...value, unknown: true } : scale(value, factor.scalar);

function needScalar(operator: string, value: Value, column: number): void {
  if (isScalar(value)) return;
  const isRegister = value.terms.some(({ of }) => typeof of !== 'string');
  refuse(
    column,
    `"${operator}" cannot be applied to ${isRegister ? 'a register' : 'an address'}`,
    isRegister
      ? 'what a register holds is known only when the program runs'
      : 'where the program will lie is not a constant; only sums and differences of addresses are worked out',
    isRegister
      ? 'use an instruction for it'
      : 'use a difference such as label-$$, which is a plain number',
  );
}

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

function scalars(operator: string, a: bigint, b: bigint, column: number): bigint {
  switch (operator) {
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '<<':
      return shiftOf(b) > 63 ? 0n : a << b;
    case '>>':
      return shiftOf(b) > 63 ? 0n : unsigned(a) >> b;
    default:
      if (b === 0n)
        refuse(
          column,
          'division by zero',
          `the right side of "${operator}" comes to 0`,
          'divide by something else',
        );
      if (operator === '/') return unsigned(a) / unsigned(b);
      if (operator === '%') return unsigned(a) % unsigned(b);
      return wrap(operator === '//' ? a / b : a % b);
  }
}

/** A negative shift is a huge one. */
const shiftOf = (value: bigint): number => Number(unsigned(value));
