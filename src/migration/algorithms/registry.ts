/** The algorithm pool. A new algorithm is one file and one line here. */
import type { Algorithm } from './algorithm.ts';
import type { AlgorithmId } from './ids.ts';
import { preCopy } from './pre-copy.ts';
import { pull } from './pull.ts';
import { stopAndCopy } from './stop-and-copy.ts';

export const ALGORITHMS = {
  'stop-and-copy': stopAndCopy,
  'pre-copy': preCopy,
  pull,
} as const satisfies { readonly [Id in AlgorithmId]: Algorithm };

/** An id that came from outside: undefined when this build does not have it. */
export function findAlgorithm(id: string): Algorithm | undefined {
  return Object.values<Algorithm>(ALGORITHMS).find((algorithm) => algorithm.id === id);
}
