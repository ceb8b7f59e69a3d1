/**
 * A format that a running VM travels in, over a connection to a VMM that nobody here wrote. Both
 * ends are made of bytes only; who has the connection, and how time passes while it is busy, is the
 * caller's affair.
 */
import type { Result } from '../base/result.ts';
import type { CommonState } from '../image/model.ts';
import type { FormatError, LoadedFile, WriteOptions, WrittenFile } from './format.ts';

/** Exactly so many bytes, or any that are there next; fewer, or none, mean the end of the stream. */
export type Want = { readonly exactly: number } | 'more';
/** Asks for the bytes it reads; its driver has a whole file, or a socket from which they come in time. */
export type Reading<T> = Generator<Want, T, Uint8Array>;

/** A page, or undefined for one of zeros. */
export interface LivePage {
  readonly frame: number;
  readonly data: Uint8Array | undefined;
}

/** The VM that is to be sent, as it is before the first round. */
export interface LiveGuest {
  /** Of RAM, from frame 0 without a hole. */
  readonly pages: number;
  /** Is there anything but zeros? */
  holdsData(frame: number): boolean;
  readonly state: CommonState;
}

export interface LiveSource {
  /** Before the first round. */
  opening(): Uint8Array;
  /** `last`: the VM stands still. Refused when a page is one that the destination cannot show its guest. */
  round(pages: Iterable<LivePage>, last: boolean): Result<Uint8Array, FormatError>;
  /** The state, after the last round, and what its reader must know. */
  closing(state: CommonState): Result<WrittenFile, FormatError>;
  /** Reads the destination's answers until it has loaded everything, or says why not. */
  receipt(): Reading<Result<void, FormatError>>;
}

export interface LiveArrival {
  readonly file: LoadedFile;
  readonly rounds: number;
  /** Pages that came, and those of them that had come before. */
  readonly received: number;
  readonly resent: number;
}

export interface LiveFormat {
  /** Refused before anything is sent, if what is there now cannot be sent. */
  source(guest: LiveGuest, options: WriteOptions): Result<LiveSource, FormatError>;
  /** Reads what a source sends; `answer` takes what goes back to it. */
  destination(answer: (bytes: Uint8Array) => void): Reading<Result<LiveArrival, FormatError>>;
}
