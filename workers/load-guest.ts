/** The guest of a scenario: one that comes with the page, or a program that the scenario carries. */
import { err, type Result } from '../src/base/result.ts';
import { fetchGuest } from '../src/bridge/fetch-guest.ts';
import { OWN_GUEST } from '../src/lab/guests.ts';

export async function loadGuest(
  name: string,
  program: string | undefined,
): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  if (name !== OWN_GUEST) return fetchGuest(name);
  if (program === undefined)
    return err('The scenario wants a guest of your own, and carries no program.');
  // Only who writes programs needs the assembler.
  const { assembleGuest } = await import('../src/asm/guest.ts');
  return assembleGuest('The program', program);
}
