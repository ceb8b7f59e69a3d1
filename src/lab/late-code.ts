/** Which of the code that few runs need a run needs; and all of it, where nobody counts bytes. */
import { DEFLATE } from '../migration/late-deflate.ts';
import { FETCHING } from '../net/client.ts';
import { loadNativeFormat, loadRelocation } from '../vmm/registry.ts';
import type { HostWiring, LabWiring } from './wiring.ts';

export async function loadHostCode(wiring: HostWiring): Promise<void> {
  const { vmmKind, peerKind, migration, relocation } = wiring;
  if (relocation !== undefined) await loadRelocation();
  if (vmmKind === peerKind) await loadNativeFormat(vmmKind);
  if (migration.settings.addOns.compression === 'deflate') await DEFLATE.load();
}

export async function loadLabCode({ hosts, network }: LabWiring): Promise<void> {
  await Promise.all(hosts.map(loadHostCode));
  if (network.fetch !== undefined) await FETCHING.load();
}

export async function loadAllCode(): Promise<void> {
  await Promise.all([loadNativeFormat('xen'), loadNativeFormat('kvm')]);
  await Promise.all([DEFLATE.load(), FETCHING.load(), loadRelocation()]);
}
