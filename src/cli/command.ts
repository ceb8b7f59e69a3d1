/**
 * What a command is: its name, its help and options as data, and a function from parsed arguments
 * to an exit status. Bad input is an error value, which `main` turns into status 2 and one line.
 */
import type { Result } from '../base/result.ts';
import type { CommandSyntax, OptionSpecs, ParsedArguments } from './arguments.ts';

/** Where a command runs and where its answer goes; a test brings its own. */
export interface Surroundings {
  /** Relative paths on the command line start here. */
  readonly directory: string;
  /** Folder of the built guest programs. */
  readonly guests: string;
  /** Address of the tool's own bundle, for running it in more threads; absent: one thread. */
  readonly bundle?: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** 0: done. 1: it ran, but failed or came out unequal. */
export type ExitStatus = 0 | 1;

export interface Command<Options extends OptionSpecs = OptionSpecs> extends CommandSyntax<Options> {
  run(
    given: ParsedArguments<Options>,
    surroundings: Surroundings,
  ): Promise<Result<ExitStatus, string>>;
}

/** A command with its options' types kept between its syntax and its `run`, then forgotten. */
export interface AnyCommand extends CommandSyntax<OptionSpecs> {
  invoke(args: readonly string[], surroundings: Surroundings): Promise<Result<ExitStatus, string>>;
}
