/** Runs the headless tool inside the test and keeps what it printed. */
import { fileURLToPath } from 'node:url';
import { main } from '../../../src/cli/main.ts';

export interface CliRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCli(args: readonly string[], directory = process.cwd()): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const status = await main(args, {
    directory,
    guests: fileURLToPath(new URL('../../../public/guests', import.meta.url)),
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { status, stdout, stderr };
}
