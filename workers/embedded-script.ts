/**
 * The build for one file puts this in the place of `own-script.ts`: from a disk a worker may not start
 * another from its own address, but from a copy of its own text.
 */

/** The script as a function; the build wraps it so. */
declare const labScript: () => void;

let address: string | undefined;

export function ownScript(): string {
  const text = `(self.labScript = ${labScript})();`;
  address ??= URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  return address;
}
