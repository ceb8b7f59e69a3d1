/** To which host the switch sends the VM's frames, by its own table. */
import type { Picture, SwitchEntry } from '../trace/picture.ts';

/** The VM's address, as the client's ARP cache has it. */
export function vmEntry(picture: Picture): SwitchEntry | undefined {
  const mac = [...picture.arp.values()][0]?.mac;
  return mac === undefined ? undefined : picture.switchTable.get(mac);
}

/** Ports 0 and 1 of the switch lead to the hosts, as their parties are numbered. */
export function routeOf(picture: Picture): 0 | 1 | undefined {
  const port = vmEntry(picture)?.port;
  return port === 0 || port === 1 ? port : undefined;
}
