/** Joins a command's syntax and its action; keeps the types of its options inside. */
import { ok } from '../base/result.ts';
import { helpText, type OptionSpecs, parseArguments } from './arguments.ts';
import type { AnyCommand, Command } from './command.ts';

export function defineCommand<const Options extends OptionSpecs>(
  command: Command<Options>,
): AnyCommand {
  return {
    name: command.name,
    summary: command.summary,
    argument: command.argument,
    options: command.options,
    async invoke(args, surroundings) {
      if (args.includes('--help') || args.includes('-h')) {
        surroundings.stdout(helpText(command));
        return ok(0);
      }
      const given = parseArguments(command, args);
      return given.ok ? command.run(given.value, surroundings) : given;
    },
  };
}
