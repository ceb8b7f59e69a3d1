/** What a line of a program can be. */
import type { Expression } from './expression.ts';
import type { Operand } from './operand.ts';
import type { Register } from './registers.ts';

export interface Prefixes {
  /** 0, 0xF2 or 0xF3. */
  readonly repeat: 0 | 0xf2 | 0xf3;
  readonly lock: boolean;
  readonly segment: Register | undefined;
  readonly operandSize: 2 | 4 | undefined;
  readonly addressSize: 2 | 4 | undefined;
}

export interface Instruction {
  readonly kind: 'instruction';
  readonly name: string;
  readonly column: number;
  readonly prefixes: Prefixes;
  readonly operands: readonly Operand[];
}

export interface DataItem {
  readonly column: number;
  /** A text, byte by byte; or one value; or space that is left zero, `?`. */
  readonly content: readonly number[] | Expression;
}

export type Body =
  | Instruction
  | { readonly kind: 'data'; readonly size: 1 | 2 | 4 | 8; readonly items: readonly DataItem[] }
  | { readonly kind: 'reserve'; readonly size: 1 | 2 | 4 | 8; readonly count: Expression }
  | {
      readonly kind: 'align';
      readonly to: Expression;
      readonly fill: Body | undefined;
    }
  | { readonly kind: 'nothing' };

export type Directive =
  | { readonly kind: 'org'; readonly address: Expression }
  | { readonly kind: 'section'; readonly name: string }
  | { readonly kind: 'global'; readonly names: readonly { name: string; column: number }[] }
  | { readonly kind: 'equ'; readonly name: string; readonly value: Expression };

export interface Statement {
  /** From 1. */
  readonly line: number;
  /** Where its instruction or directive begins. */
  readonly column: number;
  readonly label: { readonly name: string; readonly column: number } | undefined;
  readonly times: Expression | undefined;
  readonly body: Body | Directive;
}
