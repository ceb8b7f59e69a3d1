/** The one place that knows every VMM. Another is a folder and a line here. */
import type { FieldTable } from './field-table.ts';
import { KVM_FIELDS } from './kvm/field-table.ts';
import { KVM_FORMAT } from './kvm/layout.ts';
import { createKvmVmm, KVM_BYTES } from './kvm/vmm.ts';
import type { NativeLayout } from './native-layout.ts';
import type { Vmm, VmmConfig, VmmKind, VmmServices } from './vmm.ts';
import { XEN_FIELDS } from './xen/field-table.ts';
import { XEN_FORMAT } from './xen/layout.ts';
import { createXenVmm, RELOCATION, XEN_BYTES } from './xen/vmm.ts';

const FACTORIES: Readonly<Record<VmmKind, (config: VmmConfig, services: VmmServices) => Vmm>> = {
  xen: createXenVmm,
  kvm: createKvmVmm,
};

export function createVmm(kind: VmmKind, config: VmmConfig, services: VmmServices): Vmm {
  return FACTORIES[kind](config, services);
}

/** What a host needs to speak its native format with another of its kind. */
export async function loadNativeFormat(kind: VmmKind): Promise<void> {
  await NATIVE_BYTES[kind].load();
}

const NATIVE_BYTES = { xen: XEN_BYTES, kvm: KVM_BYTES } as const;

/** What a host needs whose configuration says whom it lets in. */
export async function loadRelocation(): Promise<void> {
  await RELOCATION.load();
}

const FIELDS: Readonly<Record<VmmKind, FieldTable>> = { xen: XEN_FIELDS, kvm: KVM_FIELDS };

/** The table that translates between the VMM's native state and the common model. */
export const fieldsOf = (kind: VmmKind): FieldTable => FIELDS[kind];

const LAYOUTS: Readonly<Record<VmmKind, NativeLayout>> = {
  xen: XEN_FORMAT.layout,
  kvm: KVM_FORMAT.layout,
};

/** Where each place of the native state lies, in the VMM's own structures. */
export const layoutOf = (kind: VmmKind): NativeLayout => LAYOUTS[kind];
