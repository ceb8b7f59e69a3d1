/** What a decoded block was decoded for; it serves only that mode. */
export const MODE_CODE32 = 1;
/** DS, ES, SS: 4 GiB from 0, readable and writable: operands in them need no check. */
export const MODE_FLAT_DS = 2;
export const MODE_FLAT_ES = 4;
/** Also with a 32-bit stack pointer. */
export const MODE_FLAT_SS = 8;
export const MODE_FLAT_CS = 16;
export const MODE_PAGING = 32;

/** The bit that says a segment is flat, by segment number; 0: always checked. */
export const FLAT_BITS: readonly number[] = [
  MODE_FLAT_ES,
  0,
  MODE_FLAT_SS,
  MODE_FLAT_DS,
  0,
  0,
  0,
  0,
];
