/**
 * IPv4 packets (RFC 791): the fixed header with its checksum. Options are stepped over, fragments are
 * refused by name, the type of service is written as 0 and ignored.
 */
import { assert } from '../base/assert.ts';
import { ByteReader, ByteWriter } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import type { Brand } from '../base/units.ts';
import { internetChecksum } from './checksum.ts';
import { MAX_PAYLOAD_BYTES } from './ethernet.ts';
import { type FrameError, refuse } from './frame-error.ts';

/** Always four decimal numbers without leading zeros, so that equal addresses are equal strings. */
export type Ip = Brand<string, 'Ip'>;

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
/** RFC 1700's default. */
export const DEFAULT_TTL = 64;

const HEADER_BYTES = 20;
export const MAX_IPV4_PAYLOAD_BYTES = MAX_PAYLOAD_BYTES - HEADER_BYTES;
const DONT_FRAGMENT = 0x4000;
/** More fragments, or an offset. */
const FRAGMENT_MASK = 0x3fff;

export interface Ipv4Packet {
  readonly source: Ip;
  readonly destination: Ip;
  readonly protocol: number;
  readonly ttl: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly payload: Uint8Array;
}

export function encodeIpv4(packet: Ipv4Packet): Uint8Array<ArrayBuffer> {
  const { payload } = packet;
  assert(payload.length <= MAX_IPV4_PAYLOAD_BYTES, `an IPv4 payload of ${payload.length} bytes`);
  const bytes = new ByteWriter('big')
    .u8(0x45)
    .u8(0)
    .u16(HEADER_BYTES + payload.length)
    .u16(packet.identification)
    .u16(packet.dontFragment ? DONT_FRAGMENT : 0)
    .u8(packet.ttl)
    .u8(packet.protocol)
    .u16(0)
    .bytes(ipBytes(packet.source))
    .bytes(ipBytes(packet.destination))
    .bytes(payload)
    .finish();
  new DataView(bytes.buffer).setUint16(10, internetChecksum(bytes.subarray(0, HEADER_BYTES)));
  return bytes;
}

/** Bytes behind the packet's stated length are an Ethernet frame's padding and left out. */
export function decodeIpv4(bytes: Uint8Array): Result<Ipv4Packet, FrameError> {
  if (bytes.length < HEADER_BYTES) {
    return refuse(
      'truncated',
      `an IPv4 header needs ${HEADER_BYTES} bytes, ${bytes.length} are left`,
    );
  }
  const reader = new ByteReader(bytes, 'big');
  const versionAndLength = reader.u8('version');
  if (versionAndLength >> 4 !== 4) {
    return refuse('bad-version', `IP version ${versionAndLength >> 4} where 4 is expected`);
  }
  const headerBytes = (versionAndLength & 15) * 4;
  reader.u8('type of service');
  const total = reader.u16('total length');
  if (headerBytes < HEADER_BYTES || headerBytes > total || total > bytes.length) {
    return refuse(
      'bad-length',
      `IPv4 header of ${headerBytes} and packet of ${total} bytes in ${bytes.length}`,
    );
  }
  if (internetChecksum(bytes.subarray(0, headerBytes)) !== 0) {
    return refuse('bad-checksum', 'the IPv4 header does not match its checksum');
  }
  const identification = reader.u16('identification');
  const fragment = reader.u16('fragment offset');
  if ((fragment & FRAGMENT_MASK) !== 0) {
    return refuse('unsupported', 'IPv4 fragments are not put together here');
  }
  const ttl = reader.u8('time to live');
  const protocol = reader.u8('protocol');
  reader.u16('header checksum');
  return ok({
    source: formatIp(reader.bytes(4, 'source address')),
    destination: formatIp(reader.bytes(4, 'destination address')),
    protocol,
    ttl,
    identification,
    dontFragment: (fragment & DONT_FRAGMENT) !== 0,
    payload: bytes.slice(headerBytes, total),
  });
}

export function parseIp(text: string): Result<Ip, FrameError> {
  const parts = text.split('.');
  const fits = (part: string) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255;
  if (parts.length !== 4 || !parts.every(fits)) {
    return refuse(
      'bad-address',
      `"${text}" is not an IPv4 address: write four numbers such as 10.0.0.2`,
    );
  }
  return ok(text as Ip);
}

/** An IPv4 address that the program itself wrote down. */
export function ip(text: string): Ip {
  const parsed = parseIp(text);
  assert(parsed.ok, `"${text}" is not an IPv4 address`);
  return parsed.value;
}

/** "No address": what an announcement that knows none carries. */
export const ZERO_IP = ip('0.0.0.0');

export function formatIp(bytes: Uint8Array): Ip {
  assert(bytes.length === 4, `an IPv4 address of ${bytes.length} bytes`);
  return bytes.join('.') as Ip;
}

export function ipBytes(address: Ip): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(address.split('.'), Number);
}
