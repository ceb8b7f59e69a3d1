/** The Xen-like VMM: HVM domains on scattered frames, in log-dirty mode while they move. */
import { assert } from '../../base/assert.ts';
import { Late } from '../../base/late.ts';
import { MachineMemory } from '../../memory/machine-memory.ts';
import { EmulatedVmm } from '../emulated-vmm.ts';
import type { NativeModel } from '../native-model.ts';
import { USUAL_PROCESSOR } from '../processor.ts';
import type { Vmm, VmmConfig, VmmOffer, VmmServices } from '../vmm.ts';
import { XEN_FIELDS } from './field-table.ts';
import { XenFrames } from './frames.ts';
import { XEN_FORMAT } from './layout.ts';
import { xenLogDirty } from './log-dirty.ts';
import { loadXen, saveXen, xenAccepts } from './vcpu.ts';

/** The hypervisor's own heap, at the bottom of machine memory. */
const XEN_HEAP_FRAMES = 16;

/** Spoken between two hosts of this kind only. */
export const XEN_BYTES = new Late(() => import('./native-bytes.ts'));

/** Of hosts that are told whom to let in. */
export const RELOCATION = new Late(() => import('./relocation.ts'));

export const XEN_NATIVE: NativeModel = {
  format: XEN_FORMAT,
  bytes: {
    encode: (state, about) => XEN_BYTES.now.encode(state, about),
    decode: (bytes, about) => XEN_BYTES.now.decode(bytes, about),
  },
  fields: XEN_FIELDS,
  save: saveXen,
  accepts: xenAccepts,
  load: loadXen,
};

const OFFER: Omit<VmmOffer, 'features' | 'tscKhz'> = {
  kind: 'xen',
  /** All that pull are extensions of this VMM: a real Xen has no post-copy. */
  algorithms: [
    'pre-copy',
    'stop-and-copy',
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
  ],
  nativeFormat: 'xen',
};

export function createXenVmm(config: VmmConfig, services: VmmServices): Vmm {
  const { machineFrames, seed, processor = USUAL_PROCESSOR, dirtyLog, relocation } = config;
  assert(machineFrames > XEN_HEAP_FRAMES, `a Xen-like host needs over ${XEN_HEAP_FRAMES} frames`);
  return new EmulatedVmm(
    {
      kind: 'xen',
      offer: { ...OFFER, features: processor.features, tscKhz: processor.tscKhz },
      processor,
      memory: new MachineMemory(machineFrames),
      ownFrames: XEN_HEAP_FRAMES,
      owner: new XenFrames(XEN_HEAP_FRAMES, machineFrames, seed),
      native: XEN_NATIVE,
      createLog: xenLogDirty(dirtyLog?.xen),
      ...(relocation && { barred: (peer) => RELOCATION.now.relocationBar(relocation, peer) }),
    },
    services,
  );
}
