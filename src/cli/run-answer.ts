/** How a run of one guest ended, in one word, in words and as JSON: what `exec` and `resume` print. */
import { createHash } from 'node:crypto';
import type { RunAloneResult } from '../machine/run-alone.ts';
import type { ExitStatus, Surroundings } from './command.ts';

function ending({ exit, exitCode }: RunAloneResult): { name: string; text: string } {
  switch (exit.reason) {
    case 'stopped':
      return exitCode === undefined
        ? { name: 'stopped', text: exit.cause }
        : { name: 'exit-port', text: `exit port, code ${exitCode}` };
    case 'halted':
      return { name: 'halted', text: 'asleep in HLT when the instruction limit was reached' };
    case 'output':
    case 'watched':
    case 'budget':
      return { name: 'limit', text: 'the instruction limit was reached' };
    case 'missing-page':
      return { name: 'stopped', text: `page ${exit.gfn} is missing` };
  }
}

function asJson(result: RunAloneResult): string {
  const { name, text } = ending(result);
  const answer = {
    exit: name,
    cause: text,
    exitCode: result.exitCode ?? null,
    instructions: result.instructions,
    registers: Object.fromEntries(
      Object.entries(result.registers).map(([register, value]) => [register, plainNumber(value)]),
    ),
    ramSha256: createHash('sha256').update(result.ram).digest('hex'),
    console: new TextDecoder().decode(result.console),
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

/** JSON has no 64-bit integers: what a number cannot hold exactly becomes text. */
export const plainNumber = (value: number | bigint): number | string =>
  typeof value === 'bigint' && value > BigInt(Number.MAX_SAFE_INTEGER)
    ? String(value)
    : Number(value);

/** Ending by the exit port, in HLT or at the limit is what was asked for; all else is a failure. */
const statusOf = (result: RunAloneResult): ExitStatus =>
  ending(result).name === 'stopped' ? 1 : 0;

/** Prints the answer; the guest's console alone when it is for people. */
export function answerRun(
  what: string,
  result: RunAloneResult,
  json: boolean,
  surroundings: Surroundings,
): ExitStatus {
  if (json) {
    surroundings.stdout(asJson(result));
  } else {
    surroundings.stdout(new TextDecoder().decode(result.console));
    surroundings.stderr(`${what}: ${ending(result).text}\n`);
  }
  return statusOf(result);
}
