/**
 * Guest kernels inside the page's only file: the build for one file puts this in the place of
 * `src/bridge/fetch-guest.ts`.
 */
import { err, ok, type Result } from '../src/base/result.ts';

/** Deflated, in base 64, by name; written by the build. */
declare const EMBEDDED_GUESTS: Readonly<Record<string, string>>;

export async function fetchGuest(name: string): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  const packed = Object.hasOwn(EMBEDDED_GUESTS, name) ? EMBEDDED_GUESTS[name] : undefined;
  if (packed === undefined) return err(`The guest "${name}" is not in this file.`);
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return ok(new Uint8Array(await new Response(stream).arrayBuffer()));
}
