/**
 * A machine's ARP cache (RFC 826, "Packet Reception"): whoever speaks ARP and is known already is
 * updated, whoever speaks to us is added. So a gratuitous ARP moves an entry that is held and adds
 * none, and RARP, which is another EtherType, never gets here. Entries do not expire.
 */
import type { ArpPacket } from './arp.ts';
import { isGroupMac, type Mac } from './ethernet.ts';
import { type Ip, ZERO_IP } from './ipv4.ts';

export interface ArpEntry {
  readonly ip: Ip;
  readonly mac: Mac;
}

export interface ArpUpdate extends ArpEntry {
  /** Undefined: the address was not in the cache. */
  readonly previousMac: Mac | undefined;
}

export class ArpCache {
  private readonly own: Ip;
  private readonly macs = new Map<Ip, Mac>();

  constructor(own: Ip, entries: readonly ArpEntry[] = []) {
    this.own = own;
    for (const { ip, mac } of entries) this.macs.set(ip, mac);
  }

  lookup(ip: Ip): Mac | undefined {
    return this.macs.get(ip);
  }

  /** In the order in which they were learned. */
  entries(): ArpEntry[] {
    return Array.from(this.macs, ([ip, mac]) => ({ ip, mac }));
  }

  /** Takes what an ARP packet says of its sender. Undefined: nothing changed. */
  merge({ senderIp: ip, senderMac: mac, targetIp }: ArpPacket): ArpUpdate | undefined {
    if (ip === ZERO_IP || ip === this.own || isGroupMac(mac)) return undefined;
    const previousMac = this.macs.get(ip);
    if (previousMac === mac) return undefined;
    if (previousMac === undefined && targetIp !== this.own) return undefined;
    this.macs.set(ip, mac);
    return { ip, mac, previousMac };
  }
}
