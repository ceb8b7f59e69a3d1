/** Why bytes are not the frame or packet they were taken for: a value, since bytes come from outside. */
import { err } from '../base/result.ts';

export type FrameErrorCode =
  | 'truncated'
  | 'too-long'
  | 'bad-length'
  | 'bad-version'
  | 'bad-checksum'
  | 'bad-address'
  | 'unsupported';

export interface FrameError {
  readonly code: FrameErrorCode;
  readonly message: string;
}

export const refuse = (code: FrameErrorCode, message: string) => err<FrameError>({ code, message });
