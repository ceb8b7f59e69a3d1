/** Which of the code that few runs need a run needs; and all of it, where nobody counts bytes. */
import { DEFLATE } from '../migration/late-deflate.ts';
import { QOS_CHOICE } from '../migration/late-qos-choice.ts';
import { XBZRLE } from '../migration/late-xbzrle.ts';
import { FETCHING } from '../net/client.ts';
import { loadNativeFormat, loadRelocation } from '../vmm/registry.ts';
import { STATE_BOOT } from './late-state.ts';
import type { HostWiring, LabWiring } from './wiring.ts';

export async function loadHostCode(wiring: HostWiring): Promise<void> {
  const { vmmKind, peerKind, migration, relocation, guestFile } = wiring;
  if (guestFile?.kind === 'state') await STATE_BOOT.load();
  if (relocation !== undefined) await loadRelocation();
  if (vmmKind === peerKind) await loadNativeFormat(vmmKind);
  const { choice, settings } = migration;
  if (choice.by === 'qos') await QOS_CHOICE.load();
  if (settings.addOns.compression === 'deflate') await DEFLATE.load();
  if (settings.addOns.xbzrleCachePages > 0) await XBZRLE.load();
}

export async function loadLabCode({ hosts, network }: LabWiring): Promise<void> {
  await Promise.all(hosts.map(loadHostCode));
  if (network.fetch !== undefined) await FETCHING.load();
}

export async function loadAllCode(): Promise<void> {
  await Promise.all([loadNativeFormat('xen'), loadNativeFormat('kvm'), loadRelocation()]);
  await Promise.all([DEFLATE, FETCHING, QOS_CHOICE, XBZRLE, STATE_BOOT].map((code) => code.load()));
}
