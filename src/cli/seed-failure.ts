/** What is printed of a seed that breaks an invariant: all that is needed to see it again. */
import type { SeedVerdict } from '../lab/simulation/seed.ts';

const LAST_LINES = 15;

export const repeat = (seed: number): string => `npm run -s vmferry -- simulate --seeds ${seed}`;

export function failureText(verdict: SeedVerdict, commit: string): string {
  const { failure, seed } = verdict;
  if (failure === undefined) return '';
  const { breach, last, shrunk } = failure;
  return [
    `seed ${seed} breaks ${breach.id} at ${(breach.at / 1e6).toFixed(6)} ms: ${breach.what}`,
    `  commit ${commit}`,
    `  ${verdict.algorithm}; faults that are enough: ${shrunk.faults.length}`,
    ...shrunk.faults.map((fault) => `    ${JSON.stringify(fault)}`),
    `  last of ${last.length} events:`,
    ...last.slice(-LAST_LINES).map((line) => `    ${line}`),
    `  again: ${repeat(seed)}`,
    '',
  ].join('\n');
}
