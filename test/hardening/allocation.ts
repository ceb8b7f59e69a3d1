/** The largest single buffer that some code asks for: the constructors are watched while it runs. */

const WATCHED = [
  'ArrayBuffer',
  'Uint8Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float64Array',
  'BigUint64Array',
] as const;

let largest = 0;

/** From here on; the end is with the process, or by the function returned. */
export function watchAllocations(): () => void {
  const before = WATCHED.map((name) => [name, globalThis[name]] as const);
  for (const [name, original] of before) Object.assign(globalThis, { [name]: watched(original) });
  return () => {
    for (const [name, original] of before) Object.assign(globalThis, { [name]: original });
  };
}

export function takeLargest(): number {
  const found = largest;
  largest = 0;
  return found;
}

/** Only a length given as a number is a wish for memory; a view or a copy has its bytes already. */
function watched<T extends (typeof globalThis)[(typeof WATCHED)[number]]>(original: T): T {
  const width = 'BYTES_PER_ELEMENT' in original ? original.BYTES_PER_ELEMENT : 1;
  return new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      const [length] = args;
      if (typeof length === 'number') largest = Math.max(largest, length * width);
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}
