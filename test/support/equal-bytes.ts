/**
 * Byte arrays are compared as bytes: element by element, as `toEqual` does it unasked, a page takes
 * milliseconds.
 */
import { expect } from 'vitest';

function equalBytes(a: unknown, b: unknown): boolean | undefined {
  return a instanceof Uint8Array && b instanceof Uint8Array
    ? a.constructor === b.constructor && Buffer.compare(a, b) === 0
    : undefined;
}

// The files of a worker share it, and this runs for each of them.
const shared = globalThis as { vmFerryEqualBytes?: true };
if (!shared.vmFerryEqualBytes) expect.addEqualityTesters([equalBytes]);
shared.vmFerryEqualBytes = true;
