/**
 * What every protocol above IPv4 does alike: a message in a packet in a frame, and the checksum over
 * the pseudo-header (RFC 768, RFC 9293 §3.1).
 */
import { ByteWriter } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import type { Station } from './arp.ts';
import { internetChecksum } from './checksum.ts';
import { decodeEthernet, ETHERTYPE_IPV4, encodeEthernet, type Frame } from './ethernet.ts';
import { type FrameError, refuse } from './frame-error.ts';
import { DEFAULT_TTL, decodeIpv4, encodeIpv4, type Ip, ipBytes } from './ipv4.ts';

export interface IpFrame {
  readonly from: Station;
  readonly to: Station;
  readonly protocol: number;
  readonly payload: Uint8Array;
}

/** The identification is 0, as RFC 6864 allows where nothing may be fragmented. */
export function encodeIpFrame({ from, to, protocol, payload }: IpFrame): Frame {
  const packet = encodeIpv4({
    source: from.ip,
    destination: to.ip,
    protocol,
    ttl: DEFAULT_TTL,
    identification: 0,
    dontFragment: true,
    payload,
  });
  return encodeEthernet({
    destination: to.mac,
    source: from.mac,
    etherType: ETHERTYPE_IPV4,
    payload: packet,
  });
}

export function decodeIpFrame(frame: Uint8Array): Result<IpFrame, FrameError> {
  const ethernet = decodeEthernet(frame);
  if (!ethernet.ok) return ethernet;
  if (ethernet.value.etherType !== ETHERTYPE_IPV4)
    return refuse('unsupported', 'the frame holds no IPv4');
  const packet = decodeIpv4(ethernet.value.payload);
  if (!packet.ok) return packet;
  const { source, destination, protocol, payload } = packet.value;
  return ok({
    from: { mac: ethernet.value.source, ip: source },
    to: { mac: ethernet.value.destination, ip: destination },
    protocol,
    payload,
  });
}

/** 0 over a message that holds its right checksum. */
export function transportChecksum(
  protocol: number,
  message: Uint8Array,
  source: Ip,
  destination: Ip,
): number {
  const covered = new ByteWriter('big')
    .bytes(ipBytes(source))
    .bytes(ipBytes(destination))
    .u16(protocol)
    .u16(message.length)
    .bytes(message);
  return internetChecksum(covered.finish());
}
