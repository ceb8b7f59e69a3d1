/** Constant and address expressions (NASM manual §3.5): tokens → tree. */
import { MAX_NESTING } from './limits.ts';
import { refuse } from './problem.ts';
import { type Register, registerOf } from './registers.ts';
import type { TokenReader } from './token-reader.ts';

export type Expression =
  | { readonly kind: 'number'; readonly value: bigint; readonly column: number }
  | { readonly kind: 'register'; readonly register: Register; readonly column: number }
  /** `$` and `$$` are symbols too. */
  | { readonly kind: 'symbol'; readonly name: string; readonly column: number }
  | {
      readonly kind: 'unary';
      readonly operator: string;
      readonly operand: Expression;
      readonly column: number;
    }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly column: number;
    };

/** Higher binds tighter. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
  '%%': 6,
};
const UNARY = ['-', '+', '~', '!'];

export function parseExpression(reader: TokenReader, lowest = 1, depth = 0): Expression {
  let left = parseUnary(reader, depth);
  for (;;) {
    const { kind, text, column } = reader.peek();
    const precedence = kind === 'sign' ? (PRECEDENCE[text] ?? 0) : 0;
    if (precedence < lowest) return left;
    reader.next();
    const right = parseExpression(reader, precedence + 1, depth + 1);
    left = { kind: 'binary', operator: text, left, right, column };
  }
}

function parseUnary(reader: TokenReader, depth: number): Expression {
  const { kind, text, column } = reader.peek();
  if (depth > MAX_NESTING)
    refuse(
      column,
      'the expression is nested too deeply',
      `at most ${MAX_NESTING} parentheses and signs may stand inside each other`,
      'break it up with equ',
    );
  if (kind === 'sign' && UNARY.includes(text)) {
    reader.next();
    return { kind: 'unary', operator: text, operand: parseUnary(reader, depth + 1), column };
  }
  return parsePrimary(reader, depth);
}

function parsePrimary(reader: TokenReader, depth: number): Expression {
  const token = reader.next();
  const { kind, text, column } = token;
  if (kind === 'number') return { kind: 'number', value: token.value, column };
  if (kind === 'string')
    return { kind: 'number', value: stringNumber(token.bytes, column), column };
  if (kind === 'word') {
    const register = registerOf(text);
    if (register !== undefined) return { kind: 'register', register, column };
    return { kind: 'symbol', name: reader.fullName(token), column };
  }
  if (text === '(') {
    const inner = parseExpression(reader, 1, depth + 1);
    reader.expect(')', 'the parenthesis is not closed');
    return inner;
  }
  return refuse(
    column,
    `a value is missing before ${kind === 'end' ? text : `"${text}"`}`,
    'a number, a name, $, or an expression in parentheses has to stand here',
    'write one, or remove what comes before',
  );
}

/** A string in an expression is a number whose low byte is the first character. */
function stringNumber(bytes: readonly number[], column: number): bigint {
  if (bytes.length > 8)
    refuse(
      column,
      'the string is too long for a number',
      `it has ${bytes.length} bytes, and a number has at most 8`,
      'put longer texts into memory with db, and use their address',
    );
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Every part of an expression. */
export function* partsOf(expression: Expression): Generator<Expression> {
  yield expression;
  if (expression.kind === 'unary') yield* partsOf(expression.operand);
  if (expression.kind === 'binary') {
    yield* partsOf(expression.left);
    yield* partsOf(expression.right);
  }
}
