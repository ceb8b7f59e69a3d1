/**
 * Byte arrays are compared as bytes: element by element, as `toEqual` does it unasked, a page takes
 * milliseconds.
 */
import { expect } from 'vitest';

expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Uint8Array && b instanceof Uint8Array
      ? a.constructor === b.constructor && Buffer.compare(a, b) === 0
      : undefined,
]);
