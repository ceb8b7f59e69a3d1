/** Which of the processor's fields are looked at first, and how a value is written. */
import type { FieldLine } from '../../lab/translation-insight.ts';

/** What a reader looks for first: where the guest stands, its modes, its clock, what waits. */
const MAIN =
  /^cpu\.(eip|esp|eflags|cr0|cr3|tsc|cs\.(selector|access)|pendingEvent\.kind|interruptShadow|halted)$/;

export const isMain = ({ common }: FieldLine): boolean =>
  common.some(({ place }) => MAIN.test(place));

export const hex = (value: bigint): string => `0x${value.toString(16)}`;
