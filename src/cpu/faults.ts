/** Exceptions as values thrown from inside an instruction. SDM vol. 3A §6.15 (vectors, error codes). */

export const DE = 0;
export const DB = 1;
export const BP = 3;
export const OFV = 4;
export const BR = 5;
export const UD = 6;
export const NM = 7;
export const DFV = 8;
export const TS = 10;
export const NP = 11;
export const SS = 12;
export const GP = 13;
export const PFV = 14;
export const AC_VECTOR = 17;

const NAMES: Readonly<Record<number, string>> = {
  [DE]: '#DE',
  [DB]: '#DB',
  [BP]: '#BP',
  [OFV]: '#OF',
  [BR]: '#BR',
  [UD]: '#UD',
  [NM]: '#NM',
  [DFV]: '#DF',
  [TS]: '#TS',
  [NP]: '#NP',
  [SS]: '#SS',
  [GP]: '#GP',
  [PFV]: '#PF',
  [AC_VECTOR]: '#AC',
};

export const faultName = (vector: number): string => NAMES[vector] ?? `interrupt ${vector}`;

/** No error code is pushed. */
export const NO_CODE = -1;

/** Not an Error: it needs no stack trace and is made often. */
export class Fault {
  readonly vector: number;
  readonly code: number;

  constructor(vector: number, code: number = NO_CODE) {
    this.vector = vector;
    this.code = code;
  }
}

/** An access to RAM whose content has not arrived: the instruction starts again later. */
export class MissingFrame {
  readonly gfn: number;

  constructor(gfn: number) {
    this.gfn = gfn;
  }
}

/** Contributory exceptions of the double-fault table (SDM vol. 3A table 6-5). */
const isContributory = (vector: number): boolean => vector === DE || (vector >= TS && vector <= GP);

export function makesDoubleFault(first: number, second: number): boolean {
  if (isContributory(first)) return isContributory(second);
  return first === PFV && (isContributory(second) || second === PFV);
}

/** The guest asked for something the toy PC leaves out: it stops, by name. */
export class Unsupported {
  readonly cause: string;

  constructor(cause: string) {
    this.cause = cause;
  }
}
