/** All operations by number: those the interpreter has a short path for first, then the groups' others. */
import type { Cpu } from './cpu.ts';
import { HOT } from './hot.ts';
import {
  BASE,
  DISP,
  type Handler,
  INDEX,
  NEXT,
  OP,
  SCALE,
  STRIDE,
  STRIDE_SHIFT,
  ZERO_REGISTER,
} from './micro-op.ts';
import { ARITHMETIC } from './ops/arithmetic.ts';
import { BITS } from './ops/bits.ts';
import { DECIMAL } from './ops/decimal.ts';
import { EXTENSION } from './ops/extension.ts';
import { FAR } from './ops/far.ts';
import { FLOW } from './ops/flow.ts';
import { IO } from './ops/io.ts';
import { MOVE } from './ops/move.ts';
import { MULTIPLY } from './ops/multiply.ts';
import { SEGMENT } from './ops/segment.ts';
import { SHIFT } from './ops/shift.ts';
import { STACK } from './ops/stack.ts';
import { STRING } from './ops/string.ts';
import { SYSTEM } from './ops/system.ts';

/** Micro-op into which a checked memory operand is copied as a linear address. */
const SCRATCH = 0;

/**
 * A memory operand in a segment that is not flat, or with a 16-bit address: the address is checked
 * and made linear, then the plain handler runs on a copy that holds it as a displacement.
 */
const complex: Handler = (cpu: Cpu, x: number): number => {
  const { u } = cpu;
  const { checked, eipOf, info } = cpu.code;
  // The handler of a bit string adds what was checked here.
  const beyond = cpu.bitDisplacement(x);
  const linear = cpu.checkedAddress(x, beyond) - beyond;
  u.copyWithin(SCRATCH, x, x + STRIDE);
  u[SCRATCH + BASE] = ZERO_REGISTER;
  u[SCRATCH + INDEX] = ZERO_REGISTER;
  u[SCRATCH + SCALE] = 0;
  u[SCRATCH + DISP] = linear;
  const slot = x >> STRIDE_SHIFT;
  info[0] = info[slot];
  eipOf[0] = eipOf[slot];
  eipOf[1] = eipOf[slot + 1];
  u[SCRATCH + OP] = checked[slot];
  return HANDLERS[checked[slot]](cpu, SCRATCH);
};

const BY_NAME: Readonly<Record<string, Handler>> = {
  complex,
  ...ARITHMETIC,
  ...BITS,
  ...DECIMAL,
  ...EXTENSION,
  ...FAR,
  ...FLOW,
  ...IO,
  ...MOVE,
  ...MULTIPLY,
  ...SEGMENT,
  ...SHIFT,
  ...STACK,
  ...STRING,
  ...SYSTEM,
};

const NAMES: readonly string[] = [
  ...HOT,
  ...Object.keys(BY_NAME).filter((name) => !(HOT as readonly string[]).includes(name)),
];
const NUMBERS = new Map(NAMES.map((name, number) => [name, number]));

export const HANDLERS: readonly Handler[] = NAMES.map((name) => BY_NAME[name]);

export const hasHandler = (name: string): boolean => NUMBERS.has(name);

/** A form that has no handler is an invalid opcode. */
export function handlerNumber(name: string): number {
  return NUMBERS.get(name) ?? NUMBERS.get('ud') ?? NEXT;
}
