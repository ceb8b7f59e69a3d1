/** State of any shape as flat text: a name for every value, so that two states compare name by name. */
import { toHex } from '../base/hex.ts';

/** Paths as `pit.counters.0.gate`; bytes in one piece, in hexadecimal. */
export function namedValues(state: Readonly<Record<string, unknown>>): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(state)) collect(named, name, value);
  return named;
}

function collect(named: Record<string, string>, path: string, value: unknown): void {
  if (value === undefined) return;
  if (value instanceof Uint8Array) named[path] = toHex(value);
  else if (typeof value === 'object' && value !== null) {
    // An empty list is a value too.
    if (Array.isArray(value)) named[`${path}.length`] = String(value.length);
    for (const [name, part] of Object.entries(value)) collect(named, `${path}.${name}`, part);
  } else named[path] = String(value);
}
