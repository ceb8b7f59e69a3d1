/** Frames of a PC where no RAM is seen, whatever a guest of the toy has written there. */
import { err, type Result } from '../../../base/result.ts';
import type { FormatError } from '../../format.ts';

export type FrameSpan = readonly [first: number, end: number];

/** From the screen on, and the BIOS of 64 KiB. */
export const PC_HIDDEN: readonly FrameSpan[] = [
  [0xa0, 0xe0],
  [0xf0, 0x100],
];
/** The lower half of a BIOS of 128 KiB, QEMU's usual one. */
export const BELOW_BIOS: FrameSpan = [0xe0, 0xf0];

export const isWithin = (frame: number, [first, end]: FrameSpan): boolean =>
  frame >= first && frame < end;

export const hiddenRefusal = (frame: number): Result<never, FormatError> =>
  err({
    code: 'unsupported',
    message: `page ${frame} holds data, but isapc has its screen and firmware from page 160 on`,
  });
