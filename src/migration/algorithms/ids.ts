/** The pool's ids, apart from the code, so that schemas can name them without loading the engine. */
export const ALGORITHM_IDS = ['stop-and-copy', 'pre-copy', 'pull'] as const;
export type AlgorithmId = (typeof ALGORITHM_IDS)[number];
