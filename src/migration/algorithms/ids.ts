/** The pool's ids, apart from the code, so that schemas can name them without loading the engine. */
export const ALGORITHM_IDS = [
  'stop-and-copy',
  'pre-copy',
  'pull',
  'pre-copy-clark',
  'pre-copy-xen',
  'pre-copy-xen-legacy',
  'pre-copy-qemu',
  'pre-copy-ovirt',
  'pre-copy-timeout',
  'pull-on-demand',
  'pull-pre-paging',
  'hybrid',
  'retransmission-free',
] as const;
export type AlgorithmId = (typeof ALGORITHM_IDS)[number];
