/** The algorithm pool. A new algorithm is one file and one line here. */
import type { Algorithm } from './algorithm.ts';
import { hybrid } from './hybrid.ts';
import type { AlgorithmId } from './ids.ts';
import { preCopy } from './pre-copy.ts';
import { preCopyClark } from './pre-copy-clark.ts';
import { preCopyOvirt } from './pre-copy-ovirt.ts';
import { preCopyQemu } from './pre-copy-qemu.ts';
import { preCopyTimeout } from './pre-copy-timeout.ts';
import { preCopyXen } from './pre-copy-xen.ts';
import { preCopyXenLegacy } from './pre-copy-xen-legacy.ts';
import { pull } from './pull.ts';
import { pullOnDemand } from './pull-on-demand.ts';
import { pullPrePaging } from './pull-pre-paging.ts';
import { retransmissionFree } from './retransmission-free.ts';
import { stopAndCopy } from './stop-and-copy.ts';

export const ALGORITHMS = {
  'stop-and-copy': stopAndCopy,
  'pre-copy': preCopy,
  pull,
  'pre-copy-clark': preCopyClark,
  'pre-copy-xen': preCopyXen,
  'pre-copy-xen-legacy': preCopyXenLegacy,
  'pre-copy-qemu': preCopyQemu,
  'pre-copy-ovirt': preCopyOvirt,
  'pre-copy-timeout': preCopyTimeout,
  'pull-on-demand': pullOnDemand,
  'pull-pre-paging': pullPrePaging,
  hybrid,
  'retransmission-free': retransmissionFree,
} as const satisfies { readonly [Id in AlgorithmId]: Algorithm };

/** An id that came from outside: undefined when this build does not have it. */
export function findAlgorithm(id: string): Algorithm | undefined {
  return Object.values<Algorithm>(ALGORITHMS).find((algorithm) => algorithm.id === id);
}
