/** UDP datagrams (RFC 768) over IPv4, with the checksum over pseudo-header and data. */
import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import { internetChecksum } from './checksum.ts';
import {
  decodeEthernet,
  ETHERTYPE_IPV4,
  encodeEthernet,
  type Frame,
  type Mac,
} from './ethernet.ts';
import { type FrameError, refuse } from './frame-error.ts';
import {
  DEFAULT_TTL,
  decodeIpv4,
  encodeIpv4,
  type Ip,
  ipBytes,
  MAX_IPV4_PAYLOAD_BYTES,
  PROTOCOL_UDP,
} from './ipv4.ts';

const HEADER_BYTES = 8;
export const MAX_UDP_PAYLOAD_BYTES = MAX_IPV4_PAYLOAD_BYTES - HEADER_BYTES;

export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** One end of a conversation over UDP. */
export interface Peer {
  readonly mac: Mac;
  readonly ip: Ip;
  readonly port: number;
}

export interface UdpFrame {
  readonly from: Peer;
  readonly to: Peer;
  readonly payload: Uint8Array;
}

export function encodeUdp(
  datagram: UdpDatagram,
  source: Ip,
  destination: Ip,
): Uint8Array<ArrayBuffer> {
  const { payload } = datagram;
  assert(payload.length <= MAX_UDP_PAYLOAD_BYTES, `a UDP payload of ${payload.length} bytes`);
  const bytes = new ByteWriter('big')
    .u16(datagram.sourcePort)
    .u16(datagram.destinationPort)
    .u16(HEADER_BYTES + payload.length)
    .u16(0)
    .bytes(payload)
    .finish();
  // A checksum that comes out as 0 is sent as all ones: 0 on the wire means "none was computed".
  const checksum = udpChecksum(bytes, source, destination) || 0xffff;
  new DataView(bytes.buffer).setUint16(6, checksum);
  return bytes;
}

export function decodeUdp(
  bytes: Uint8Array,
  source: Ip,
  destination: Ip,
): Result<UdpDatagram, FrameError> {
  if (bytes.length < HEADER_BYTES) {
    return refuse(
      'truncated',
      `a UDP header needs ${HEADER_BYTES} bytes, ${bytes.length} are left`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint16(4);
  if (length < HEADER_BYTES || length > bytes.length) {
    return refuse('bad-length', `a UDP datagram of ${length} bytes in ${bytes.length}`);
  }
  const datagram = bytes.subarray(0, length);
  if (view.getUint16(6) !== 0 && udpChecksum(datagram, source, destination) !== 0) {
    return refuse('bad-checksum', 'the UDP datagram does not match its checksum');
  }
  return ok({
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    payload: datagram.slice(HEADER_BYTES),
  });
}

/** A whole frame. The identification is 0, as RFC 6864 allows where nothing may be fragmented. */
export function encodeUdpFrame({ from, to, payload }: UdpFrame): Frame {
  const datagram = { sourcePort: from.port, destinationPort: to.port, payload };
  const packet = encodeIpv4({
    source: from.ip,
    destination: to.ip,
    protocol: PROTOCOL_UDP,
    ttl: DEFAULT_TTL,
    identification: 0,
    dontFragment: true,
    payload: encodeUdp(datagram, from.ip, to.ip),
  });
  return encodeEthernet({
    destination: to.mac,
    source: from.mac,
    etherType: ETHERTYPE_IPV4,
    payload: packet,
  });
}

export function decodeUdpFrame(frame: Uint8Array): Result<UdpFrame, FrameError> {
  const ethernet = decodeEthernet(frame);
  if (!ethernet.ok) return ethernet;
  if (ethernet.value.etherType !== ETHERTYPE_IPV4)
    return refuse('unsupported', 'the frame holds no IPv4');
  const packet = decodeIpv4(ethernet.value.payload);
  if (!packet.ok) return packet;
  const { source, destination, protocol, payload } = packet.value;
  if (protocol !== PROTOCOL_UDP) return refuse('unsupported', 'the packet holds no UDP');
  const udp = decodeUdp(payload, source, destination);
  if (!udp.ok) return udp;
  return ok({
    from: { mac: ethernet.value.source, ip: source, port: udp.value.sourcePort },
    to: { mac: ethernet.value.destination, ip: destination, port: udp.value.destinationPort },
    payload: udp.value.payload,
  });
}

function udpChecksum(datagram: Uint8Array, source: Ip, destination: Ip): number {
  const covered = new ByteWriter('big')
    .bytes(ipBytes(source))
    .bytes(ipBytes(destination))
    .u16(PROTOCOL_UDP)
    .u16(datagram.length)
    .bytes(datagram);
  return internetChecksum(covered.finish());
}
