/**
 * Bytes of the guest's memory on the wire, by what the VM did meanwhile and by the channel: in the
 * figures and by the names of QEMU (qapi/migration.json, MigrationStats). Messages of pages count with
 * their headers.
 */
import type { LabEvent } from '../trace/event.ts';
import type { RamReport } from './report.ts';

export const NO_RAM: RamReport = {
  precopyBytes: 0,
  downtimeBytes: 0,
  postcopyBytes: 0,
  multifdBytes: 0,
};

/** Where channel numbers begin in a message's id [PROTOCOL.md, Frame]; 0 is the control channel. */
const CHANNEL_SHIFT = 26;
const HEARTBEAT = 0x8000_0000;

/** `stands`: the VM does, on neither host does it run. */
export function countRam(
  ram: RamReport,
  { type, id, bytes }: Extract<LabEvent, { kind: 'message.sent' }>,
  vm: { readonly stands: boolean; readonly arrived: boolean },
): RamReport {
  if ((type !== 'pages' && type !== 'page-response') || id >= HEARTBEAT) return ram;
  const part = vm.arrived ? 'postcopyBytes' : vm.stands ? 'downtimeBytes' : 'precopyBytes';
  const beside = type === 'pages' && id >>> CHANNEL_SHIFT > 0;
  return {
    ...ram,
    [part]: ram[part] + bytes,
    multifdBytes: ram.multifdBytes + (beside ? bytes : 0),
  };
}
