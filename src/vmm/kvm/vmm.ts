/** The KVM-like VMM: each VM in a memory slot, with a dirty log while it moves. */
import { assert } from '../../base/assert.ts';
import { Late } from '../../base/late.ts';
import { MachineMemory } from '../../memory/machine-memory.ts';
import { EmulatedVmm } from '../emulated-vmm.ts';
import type { NativeModel } from '../native-model.ts';
import { USUAL_PROCESSOR } from '../processor.ts';
import type { Vmm, VmmConfig, VmmOffer, VmmServices } from '../vmm.ts';
import { kvmDirtyLog } from './dirty-log.ts';
import { KVM_FIELDS } from './field-table.ts';
import { KVM_FORMAT } from './layout.ts';
import { KvmSlots } from './slots.ts';
import { kvmAccepts, loadKvm, saveKvm } from './vcpu.ts';

/** The host kernel's own memory, at the bottom. */
const KERNEL_FRAMES = 16;

/** Spoken between two hosts of this kind only. */
export const KVM_BYTES = new Late(() => import('./native-bytes.ts'));

export const KVM_NATIVE: NativeModel = {
  format: KVM_FORMAT,
  bytes: {
    encode: (state, about) => KVM_BYTES.now.encode(state, about),
    decode: (bytes, about) => KVM_BYTES.now.decode(bytes, about),
  },
  fields: KVM_FIELDS,
  save: saveKvm,
  accepts: kvmAccepts,
  load: loadKvm,
};

const OFFER: Omit<VmmOffer, 'features' | 'tscKhz'> = {
  kind: 'kvm',
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
  nativeFormat: 'kvm',
};

export function createKvmVmm(config: VmmConfig, services: VmmServices): Vmm {
  const { machineFrames, processor = USUAL_PROCESSOR, dirtyLog } = config;
  assert(machineFrames > KERNEL_FRAMES, `a KVM-like host needs over ${KERNEL_FRAMES} frames`);
  return new EmulatedVmm(
    {
      kind: 'kvm',
      offer: { ...OFFER, features: processor.features, tscKhz: processor.tscKhz },
      processor,
      memory: new MachineMemory(machineFrames),
      ownFrames: KERNEL_FRAMES,
      owner: new KvmSlots(KERNEL_FRAMES, machineFrames),
      native: KVM_NATIVE,
      createLog: kvmDirtyLog(dirtyLog?.kvm),
    },
    services,
  );
}
