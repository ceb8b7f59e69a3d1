/** A source in assembly language → a program; what is wrong with it goes to standard error, a line each. */
import { assemble, type Program } from '../asm/assemble.ts';
import { EXAMPLES, findExample } from '../asm/examples.ts';
import { GUEST_ORIGIN } from '../asm/image.ts';
import { problemText } from '../asm/problem.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Surroundings } from './command.ts';
import { readInput } from './files.ts';

export const EXAMPLE_NAMES = EXAMPLES.map(({ name }) => name).join(', ');

const MAX_SOURCE_BYTES = 4 << 20;

/** `origin`: where a program lies that has no `org`. */
export async function assembleSource(
  name: string,
  surroundings: Surroundings,
  origin = GUEST_ORIGIN,
): Promise<Result<Program, string>> {
  const text = await sourceText(name, surroundings);
  if (!text.ok) return text;
  const program = assemble(text.value, origin);
  if (program.ok) return ok(program.value);
  for (const problem of program.error) surroundings.stderr(`${problemText(name, problem)}\n`);
  const { length } = program.error;
  return err(
    `${name} has ${length === 1 ? 'an error' : `${length} errors`}; nothing was assembled`,
  );
}

/** An example's, by its name, or a file's. */
async function sourceText(
  name: string,
  surroundings: Surroundings,
): Promise<Result<string, string>> {
  const example = findExample(name);
  if (example !== undefined) return ok(example.text);
  const file = await readInput(name, MAX_SOURCE_BYTES, surroundings);
  if (!file.ok)
    return err(`${file.error}; give a text file, or one of the examples ${EXAMPLE_NAMES}`);
  const text = decodeText(file.value);
  return text === undefined ? err(`${name} is not text in UTF-8`) : ok(text);
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
