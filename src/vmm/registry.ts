/** The one place that knows every VMM. Another is a folder and a line here. */
import { createKvmVmm } from './kvm/vmm.ts';
import type { Vmm, VmmConfig, VmmKind, VmmServices } from './vmm.ts';
import { createXenVmm, XEN_BYTES } from './xen/vmm.ts';

const FACTORIES: Readonly<Record<VmmKind, (config: VmmConfig, services: VmmServices) => Vmm>> = {
  xen: createXenVmm,
  kvm: createKvmVmm,
};

export function createVmm(kind: VmmKind, config: VmmConfig, services: VmmServices): Vmm {
  return FACTORIES[kind](config, services);
}

/** What a host needs to speak its native format with another of its kind. */
export async function loadNativeFormat(kind: VmmKind): Promise<void> {
  if (kind === 'xen') await XEN_BYTES.load();
}
