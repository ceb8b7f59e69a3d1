/** What is wrong with a program: where, what, why, and what to do about it. */
export interface Problem {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly why: string;
  readonly advice: string;
}

/** How a line is given up; caught where lines are walked through, and never leaves this room. */
export class LineProblem extends Error {
  readonly column: number;
  readonly what: string;
  readonly why: string;
  readonly advice: string;

  constructor(column: number, what: string, why: string, advice: string) {
    super(what);
    this.column = column;
    this.what = what;
    this.why = why;
    this.advice = advice;
  }

  at(line: number): Problem {
    const { column, what, why, advice } = this;
    return { line, column, what, why, advice };
  }
}

export function refuse(column: number, what: string, why: string, advice: string): never {
  throw new LineProblem(column, what, why, advice);
}

/** One line, as compilers print it. */
export const problemText = (file: string, { line, column, what, why, advice }: Problem): string =>
  `${file}:${line}:${column}: error: ${what}: ${why}; ${advice}`;

/** Runs `act`; what is wrong with the line goes to `problems`. */
export function guarded(line: number, problems: Problem[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof LineProblem)) throw error;
    problems.push(error.at(line));
  }
}
