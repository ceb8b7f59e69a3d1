/** A whole source → statements, and the names that it defines. */
import { MAX_LINES, MAX_SOURCE_LENGTH } from './limits.ts';
import { parseLine } from './parse-line.ts';
import { guarded, type Problem, refuse } from './problem.ts';
import type { Statement } from './statement.ts';

export interface Source {
  readonly lines: readonly string[];
  readonly statements: readonly Statement[];
  /** Name → the line that defines it. */
  readonly names: ReadonlyMap<string, number>;
  /** Names whose value cannot be known, because their line is wrong. */
  readonly broken: ReadonlySet<string>;
}

export function parseSource(text: string, problems: Problem[]): Source {
  const lines: string[] = [];
  guarded(1, problems, () => lines.push(...splitLines(text)));
  const statements: Statement[] = [];
  const names = new Map<string, number>();
  const broken = new Set<string>();
  let lastLabel = '';
  lines.forEach((text, index) => {
    const line = index + 1;
    let named: string | undefined;
    const before = problems.length;
    guarded(line, problems, () => {
      const statement = parseLine(text, line, lastLabel, ({ name, column, isEqu }) => {
        if (!name.includes('.') && !isEqu) lastLabel = name;
        refuseSecond(name, column, names.get(name));
        names.set(name, line);
        named = name;
      });
      if (statement !== undefined) statements.push(statement);
    });
    // Where its label lies is known, even if the rest of the line is wrong; a number is not.
    if (problems.length > before && named !== undefined) broken.add(named);
  });
  return { lines, statements, names, broken };
}

function splitLines(text: string): string[] {
  if (text.length > MAX_SOURCE_LENGTH)
    refuse(
      1,
      'the program is too long',
      `it has ${text.length} characters and at most ${MAX_SOURCE_LENGTH} are read`,
      'shorten it',
    );
  const lines = text.split('\n');
  if (lines.length > MAX_LINES)
    refuse(
      1,
      'the program is too long',
      `it has ${lines.length} lines and at most ${MAX_LINES} are read`,
      'shorten it; repeat things with times',
    );
  return lines;
}

function refuseSecond(name: string, column: number, line: number | undefined): void {
  if (line === undefined) return;
  refuse(
    column,
    `"${name}" is defined twice`,
    `line ${line} defines it already`,
    'choose another name; names inside a routine may begin with a dot and belong to its label',
  );
}
