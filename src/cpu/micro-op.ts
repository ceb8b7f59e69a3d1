/**
 * The decoded form of one instruction: eight Int32 words in the code cache's arena. An instruction is
 * always one micro-op, so that counting micro-ops counts instructions. Which words mean something
 * depends on the operation.
 */
import type { Cpu } from './cpu.ts';

/** Words per micro-op; an index of a micro-op ("pc") is a multiple of it. */
export const STRIDE = 8;
export const STRIDE_SHIFT = 3;

/** Operation number: index of the handler. */
export const OP = 0;
/** First register operand, as an index into the register view of its width. */
export const REG = 1;
/** Second register operand, or a second immediate. */
export const REG2 = 2;
/** Memory operand: r[BASE] + (r[INDEX] << SCALE) + DISP; register 8 is always zero. */
export const BASE = 3;
export const INDEX = 4;
export const SCALE = 5;
/** Displacement; of a jump: the target's EIP. */
export const DISP = 6;
/** Immediate operand; of a jump: the micro-op of the target once known, else 0. */
export const IMM = 7;
export const LINK = 7;

/** Index of the register that always holds zero. */
export const ZERO_REGISTER = 8;

/** Side word of a micro-op: what only slow paths need. */
export const INFO_SEGMENT = 0x7;
export const INFO_ADDRESS16 = 0x8;
export const INFO_REPEAT = 0x10;
export const INFO_REPEAT_NOT = 0x20;
export const INFO_WRITES = 0x40;
/** A register's bit offset reaches beyond the memory operand (BT and its kin). */
export const INFO_BITS = 0x80;
export const INFO_SIZE_SHIFT = 8;

/** What a handler tells the interpreter. */
export const NEXT = 0;
/** `cpu.eip` holds the next instruction's address. */
export const JUMP = 1;
/** The instruction is not finished (a repeated string step): it starts again; time was taken already. */
export const AGAIN = 2;
/** Like JUMP for a step between blocks, which is no instruction. */
export const FOLLOW = 3;

/** Executes the micro-op at `x`. A fault is thrown before anything of the instruction took effect. */
export type Handler = (cpu: Cpu, x: number) => number;
