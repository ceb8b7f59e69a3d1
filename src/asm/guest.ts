/** A source → a guest that a host boots, or what is wrong with it, the first error in full. */
import { err, ok, type Result } from '../base/result.ts';
import { assemble } from './assemble.ts';
import { elfImage, GUEST_ORIGIN } from './image.ts';
import { problemText } from './problem.ts';

export function assembleGuest(name: string, text: string): Result<Uint8Array<ArrayBuffer>, string> {
  const program = assemble(text, GUEST_ORIGIN);
  if (program.ok) return ok(elfImage(program.value));
  const [first, ...more] = program.error;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return err(`${problemText(name, first)}${rest}`);
}
