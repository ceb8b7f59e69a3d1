/** Random network values for property tests. */
import fc from 'fast-check';
import type { ArpPacket } from '../../../src/net/arp.ts';
import { formatMac } from '../../../src/net/ethernet.ts';
import type { IcmpEcho } from '../../../src/net/icmp.ts';
import { formatIp, type Ipv4Packet } from '../../../src/net/ipv4.ts';
import type { TcpSegment } from '../../../src/net/tcp.ts';
import type { Peer, UdpFrame } from '../../../src/net/udp.ts';

const byte = fc.nat(0xff);
const port = fc.nat(0xffff);

export const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' });
export const anyMac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(formatMac);
export const anyIp = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatIp);

export const anyArp: fc.Arbitrary<ArpPacket> = fc.record({
  operation: fc.constantFrom('request', 'reply', 'reverse-request', 'reverse-reply'),
  senderMac: anyMac,
  senderIp: anyIp,
  targetMac: anyMac,
  targetIp: anyIp,
});

export const anyIpv4: fc.Arbitrary<Ipv4Packet> = fc.record({
  source: anyIp,
  destination: anyIp,
  protocol: byte,
  ttl: byte,
  identification: fc.nat(0xffff),
  dontFragment: fc.boolean(),
  payload: bytes(1480),
});

const anyPeer: fc.Arbitrary<Peer> = fc.record({ mac: anyMac, ip: anyIp, port });

export const anyUdpFrame: fc.Arbitrary<UdpFrame> = fc.record({
  from: anyPeer,
  to: anyPeer,
  payload: bytes(1472),
});

export const anyEcho: fc.Arbitrary<IcmpEcho> = fc.record({
  kind: fc.constantFrom('request', 'reply'),
  identifier: fc.nat(0xffff),
  sequence: fc.nat(0xffff),
  payload: bytes(1472),
});

export const anySegment: fc.Arbitrary<TcpSegment> = fc.record({
  sourcePort: port,
  destinationPort: port,
  sequence: fc.nat(0xffff_ffff),
  acknowledgment: fc.nat(0xffff_ffff),
  flags: byte,
  window: fc.nat(0xffff),
  segmentSize: fc.option(fc.nat(0xffff), { nil: undefined }),
  payload: bytes(1456),
});
