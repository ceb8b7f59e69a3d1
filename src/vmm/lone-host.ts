/** A host of a kind by itself, without lab or network: for a VM from a file, or one that only runs. */
import { featuresWithout, USUAL_PROCESSOR } from './processor.ts';
import { createVmm } from './registry.ts';
import type { Vmm, VmmKind } from './vmm.ts';

/** The VMM's own use of machine memory, generously. */
const SPARE_FRAMES = 1024;
const SILENT = { event() {}, page() {} };

/** `lacks`: CPU features that its processor has not. */
export function loneHost(kind: VmmKind, pages: number, lacks: readonly string[] = []): Vmm {
  const processor = { ...USUAL_PROCESSOR, features: featuresWithout(lacks) };
  const config = { machineFrames: pages + SPARE_FRAMES, seed: 1, processor };
  return createVmm(kind, config, { trace: SILENT });
}
