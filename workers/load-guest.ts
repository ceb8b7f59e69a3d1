/** The guest of a scenario: one that comes with the page, or a program or a file that the scenario carries. */
import { err, type Result } from '../src/base/result.ts';
import { fetchGuest } from '../src/bridge/fetch-guest.ts';
import { FILE_GUEST, OWN_GUEST } from '../src/lab/guests.ts';
import type { GuestSource } from '../src/lab/lab-runner.ts';

export async function loadGuest({
  guest,
  program,
  file,
}: GuestSource): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  if (guest === FILE_GUEST) {
    if (file === undefined) return err('The scenario wants a guest from a file, and has none.');
    // Only who opens files needs the code that unpacks them.
    const { unpackFile } = await import('../src/lab/carried-file.ts');
    return unpackFile(file, inflate);
  }
  if (guest !== OWN_GUEST) return fetchGuest(guest);
  if (program === undefined)
    return err('The scenario wants a guest of your own, and carries no program.');
  // Only who writes programs needs the assembler.
  const { assembleGuest } = await import('../src/asm/guest.ts');
  return assembleGuest('The program', program);
}

/** By the browser, piece by piece, so that the page's question whether this worker is there is answered. */
async function inflate(packed: Uint8Array<ArrayBuffer>, length: number) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const out = new Uint8Array(length);
  let at = 0;
  try {
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return at === length ? out : undefined;
      if (at + value.length > length) return undefined;
      out.set(value, at);
      at += value.length;
    }
  } catch {
    return undefined;
  }
}
