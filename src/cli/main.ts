/**
 * The headless tool. Standard output carries the answer and nothing else; bad input is one line on
 * standard error and status 2.
 */
import { loadAllCode } from '../lab/late-code.ts';
import { assemble } from './assemble.ts';
import type { AnyCommand, Surroundings } from './command.ts';
import { compare } from './compare.ts';
import { convert } from './convert.ts';
import { exec } from './exec.ts';
import { inspect } from './inspect.ts';
import { migrate } from './migrate.ts';
import { receive } from './receive.ts';
import { resume } from './resume.ts';
import { save } from './save.ts';
import { scenario } from './scenario.ts';
import { send } from './send.ts';
import { simulateCommand } from './simulate.ts';

export type { Surroundings } from './command.ts';
export { serveSeeds } from './seed-pool.ts';

const COMMANDS: readonly AnyCommand[] = [
  exec,
  migrate,
  compare,
  save,
  inspect,
  convert,
  resume,
  send,
  receive,
  simulateCommand,
  scenario,
  assemble,
];
const BAD_INPUT = 2;

function overview(): string {
  const lines = COMMANDS.map(
    (command) => `  ${`${command.name} ${command.argument.name}`.padEnd(24)} ${command.summary}`,
  );
  return [
    'vmferry COMMAND …: live migration of virtual machines, headless.',
    '',
    'Commands:',
    ...lines,
    '',
    'vmferry COMMAND --help tells a command’s options.',
    '',
  ].join('\n');
}

/** @returns the process's exit status */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    surroundings.stdout(overview());
    return name === undefined ? BAD_INPUT : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const names = COMMANDS.map((candidate) => candidate.name).join(', ');
    return refuse(`unknown command "${name}"; commands are ${names}`, surroundings);
  }
  await loadAllCode();
  const status = await command.invoke(rest, surroundings);
  return status.ok ? status.value : refuse(status.error, surroundings);
}

function refuse(reason: string, surroundings: Surroundings): number {
  surroundings.stderr(`vmferry: ${reason.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  return BAD_INPUT;
}
