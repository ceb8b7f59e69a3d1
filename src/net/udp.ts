/** UDP datagrams (RFC 768) over IPv4, with the checksum over pseudo-header and data. */
import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import type { Station } from './arp.ts';
import type { Frame } from './ethernet.ts';
import { type FrameError, refuse } from './frame-error.ts';
import { decodeIpFrame, encodeIpFrame, transportChecksum } from './ip-frame.ts';
import { type Ip, MAX_IPV4_PAYLOAD_BYTES, PROTOCOL_UDP } from './ipv4.ts';

const HEADER_BYTES = 8;
export const MAX_UDP_PAYLOAD_BYTES = MAX_IPV4_PAYLOAD_BYTES - HEADER_BYTES;

export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** One end of a conversation over UDP. */
export interface Peer extends Station {
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

export function encodeUdpFrame({ from, to, payload }: UdpFrame): Frame {
  const datagram = { sourcePort: from.port, destinationPort: to.port, payload };
  const encoded = encodeUdp(datagram, from.ip, to.ip);
  return encodeIpFrame({ from, to, protocol: PROTOCOL_UDP, payload: encoded });
}

export function decodeUdpFrame(frame: Uint8Array): Result<UdpFrame, FrameError> {
  const decoded = decodeIpFrame(frame);
  if (!decoded.ok) return decoded;
  const { from, to, protocol, payload } = decoded.value;
  if (protocol !== PROTOCOL_UDP) return refuse('unsupported', 'the packet holds no UDP');
  const udp = decodeUdp(payload, from.ip, to.ip);
  if (!udp.ok) return udp;
  return ok({
    from: { ...from, port: udp.value.sourcePort },
    to: { ...to, port: udp.value.destinationPort },
    payload: udp.value.payload,
  });
}

const udpChecksum = (datagram: Uint8Array, source: Ip, destination: Ip): number =>
  transportChecksum(PROTOCOL_UDP, datagram, source, destination);
