/** The words and signs of the processor's fields. */
import type { FieldLine, FieldStep } from '../../lab/translation-insight.ts';

export const RULES: Readonly<Record<FieldStep['rule'], { sign: string; words: string }>> = {
  copied: { sign: '=', words: 'copied' },
  renamed: { sign: '↔', words: 'renamed' },
  recomputed: { sign: 'ƒ', words: 'recomputed' },
  dropped: { sign: '✂', words: 'dropped, comes back as its default' },
  absent: { sign: '∅', words: 'not kept here' },
  derived: { sign: 'ƒ', words: 'written from other fields' },
};

/** What a reader looks for first: where the guest stands, its modes, its clock, what waits. */
const MAIN =
  /^cpu\.(eip|esp|eflags|cr0|cr3|tsc|cs\.(selector|access)|pendingEvent\.kind|interruptShadow|halted)$/;

export const isMain = ({ common }: FieldLine): boolean =>
  common.some(({ place }) => MAIN.test(place));

export const hex = (value: bigint): string => `0x${value.toString(16)}`;
