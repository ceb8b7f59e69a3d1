/** Guest kernels as the page's server has them, beside the page. */
import { err, ok, type Result } from '../base/result.ts';

/** Larger than every guest; a server that answers with something else is cut off here. */
const MAX_GUEST_BYTES = 8 * 1024 * 1024;

/** Workers and chunks lie in `assets/` of a build and in `workers/` of the development server. */
const SITE = new URL('../', globalThis.location.href);

export async function fetchGuest(name: string): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  const url = new URL(`guests/${name}.elf`, SITE);
  try {
    const response = await fetch(url);
    if (!response.ok)
      return err(
        `The guest "${name}" could not be loaded: the server answered ${response.status}. Reload the page.`,
      );
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > MAX_GUEST_BYTES) {
      return err(`The guest "${name}" is larger than ${MAX_GUEST_BYTES} bytes.`);
    }
    // Some servers answer with their start page where a file is missing.
    return isElf(bytes)
      ? ok(bytes)
      : err(`The guest "${name}" could not be loaded: what the server sent is no ELF file.`);
  } catch {
    return err(
      `The guest "${name}" could not be loaded: no connection to the server the page came from.`,
    );
  }
}

function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}
