/**
 * ARP (RFC 826) for IPv4 over Ethernet, with gratuitous ARP (RFC 5227 §3) and the RARP request
 * (RFC 903) with which QEMU makes switches learn where a VM is now: it names a MAC address and no IP.
 */
import { ByteReader, ByteWriter } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import {
  BROADCAST_MAC,
  ETHERTYPE_ARP,
  ETHERTYPE_RARP,
  encodeEthernet,
  type Frame,
  formatMac,
  type Mac,
  macBytes,
  ZERO_MAC,
} from './ethernet.ts';
import { type FrameError, refuse } from './frame-error.ts';
import { formatIp, type Ip, ipBytes, ZERO_IP } from './ipv4.ts';

/** Operation codes, in order from 1. */
const OPERATIONS = ['request', 'reply', 'reverse-request', 'reverse-reply'] as const;
export type ArpOperation = (typeof OPERATIONS)[number];

export interface ArpPacket {
  readonly operation: ArpOperation;
  readonly senderMac: Mac;
  readonly senderIp: Ip;
  readonly targetMac: Mac;
  readonly targetIp: Ip;
}

/** Who one is on the network. */
export interface Station {
  readonly mac: Mac;
  readonly ip: Ip;
}

const PACKET_BYTES = 28;
const HARDWARE_ETHERNET = 1;
const PROTOCOL_TYPE_IPV4 = 0x0800;
const ADDRESS_LENGTHS = 0x0604;

export function encodeArp(packet: ArpPacket): Uint8Array<ArrayBuffer> {
  return new ByteWriter('big')
    .u16(HARDWARE_ETHERNET)
    .u16(PROTOCOL_TYPE_IPV4)
    .u16(ADDRESS_LENGTHS)
    .u16(OPERATIONS.indexOf(packet.operation) + 1)
    .bytes(macBytes(packet.senderMac))
    .bytes(ipBytes(packet.senderIp))
    .bytes(macBytes(packet.targetMac))
    .bytes(ipBytes(packet.targetIp))
    .finish();
}

/** Reads the payload of an ARP or RARP frame; the frame's padding behind it is left out. */
export function decodeArp(bytes: Uint8Array): Result<ArpPacket, FrameError> {
  if (bytes.length < PACKET_BYTES) {
    return refuse(
      'truncated',
      `an ARP packet needs ${PACKET_BYTES} bytes, ${bytes.length} are left`,
    );
  }
  const reader = new ByteReader(bytes, 'big');
  const hardware = reader.u16('hardware type');
  const protocol = reader.u16('protocol type');
  const lengths = reader.u16('address lengths');
  if (
    hardware !== HARDWARE_ETHERNET ||
    protocol !== PROTOCOL_TYPE_IPV4 ||
    lengths !== ADDRESS_LENGTHS
  ) {
    return refuse('unsupported', 'only ARP for IPv4 over Ethernet is understood');
  }
  const code = reader.u16('operation');
  const operation = OPERATIONS[code - 1];
  if (operation === undefined)
    return refuse('unsupported', `ARP operation ${code} is none of 1 to 4`);
  return ok({
    operation,
    senderMac: formatMac(reader.bytes(6, 'sender MAC')),
    senderIp: formatIp(reader.bytes(4, 'sender IP')),
    targetMac: formatMac(reader.bytes(6, 'target MAC')),
    targetIp: formatIp(reader.bytes(4, 'target IP')),
  });
}

/** Says of its sender what everyone may know, and asks nothing. */
export const isGratuitous = (packet: ArpPacket): boolean =>
  packet.senderIp === packet.targetIp && packet.senderIp !== ZERO_IP;

export function arpRequest(from: Station, targetIp: Ip): Frame {
  const sender = { senderMac: from.mac, senderIp: from.ip };
  return broadcast({ operation: 'request', ...sender, targetMac: ZERO_MAC, targetIp });
}

export function arpReply(from: Station, to: Station): Frame {
  const sender = { senderMac: from.mac, senderIp: from.ip };
  return frame(to.mac, { operation: 'reply', ...sender, targetMac: to.mac, targetIp: to.ip });
}

/**
 * The request form is what Linux sends for a network front end after a migration, target MAC zero;
 * the reply form is what other systems send, target MAC repeating the sender's.
 */
export function gratuitousArp(from: Station, form: 'request' | 'reply'): Frame {
  const targetMac = form === 'request' ? ZERO_MAC : from.mac;
  const sender = { senderMac: from.mac, senderIp: from.ip };
  return broadcast({ operation: form, ...sender, targetMac, targetIp: from.ip });
}

/** As QEMU's net/announce.c builds it: sender and target are the VM's MAC, both IPs zero. */
export function rarpAnnouncement(address: Mac): Frame {
  const nobody = { senderIp: ZERO_IP, targetIp: ZERO_IP };
  return broadcast({
    operation: 'reverse-request',
    senderMac: address,
    targetMac: address,
    ...nobody,
  });
}

const broadcast = (packet: ArpPacket): Frame => frame(BROADCAST_MAC, packet);

function frame(destination: Mac, packet: ArpPacket): Frame {
  const reverse = packet.operation === 'reverse-request' || packet.operation === 'reverse-reply';
  const etherType = reverse ? ETHERTYPE_RARP : ETHERTYPE_ARP;
  return encodeEthernet({
    destination,
    source: packet.senderMac,
    etherType,
    payload: encodeArp(packet),
  });
}
