/**
 * A machine's ARP cache (RFC 826, "Packet Reception"): whoever speaks ARP and is known already is
 * updated, whoever speaks to us is added. So a gratuitous ARP moves an entry that is held and adds
 * none, and RARP, which is another EtherType, never gets here. Entries age though they are used: only
 * ARP confirms them.
 */
import type { Instant } from '../base/units.ts';
import type { ArpPacket } from './arp.ts';
import { isGroupMac, type Mac } from './ethernet.ts';
import { type Ip, ZERO_IP } from './ipv4.ts';
import { ARP_TIMES, LearnedTable, type TableEntry } from './learned-table.ts';

export interface ArpEntry {
  readonly ip: Ip;
  readonly mac: Mac;
}

export interface ArpUpdate extends ArpEntry {
  /** Undefined: the address was not in the cache. */
  readonly previousMac: Mac | undefined;
}

export type ArpCacheState = readonly TableEntry<Ip, Mac>[];

export class ArpCache {
  private readonly own: Ip;
  private readonly table: LearnedTable<Ip, Mac>;

  constructor(own: Ip, times = ARP_TIMES, state: ArpCacheState = []) {
    this.own = own;
    this.table = new LearnedTable(times, state);
  }

  save(): ArpCacheState {
    return this.table.entries();
  }

  lookup(ip: Ip): Mac | undefined {
    return this.table.lookup(ip);
  }

  /** In the order in which they were learned. */
  entries(): ArpEntry[] {
    return this.table.entries().map(({ key, value }) => ({ ip: key, mac: value }));
  }

  /** Forgets what is too old, and says what that was. */
  age(now: Instant): ArpEntry[] {
    return this.table.age(now).map(({ key, value }) => ({ ip: key, mac: value }));
  }

  /** Takes what an ARP packet says of its sender. Undefined: nothing changed. */
  merge(
    now: Instant,
    { senderIp: ip, senderMac: mac, targetIp }: ArpPacket,
  ): ArpUpdate | undefined {
    if (ip === ZERO_IP || ip === this.own || isGroupMac(mac)) return undefined;
    const previousMac = this.table.lookup(ip);
    if (previousMac === undefined && targetIp !== this.own) return undefined;
    return this.table.hear(now, ip, mac) ? { ip, mac, previousMac } : undefined;
  }
}
