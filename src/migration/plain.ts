/** Deep copies of plain data: checkpoints share nothing with the running daemon. */

/** Objects, arrays, typed arrays, strings, numbers, bigints, booleans, undefined. */
export function copyPlain<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array || value instanceof Uint32Array) return value.slice();
  if (Array.isArray(value)) return value.map(copy);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}
