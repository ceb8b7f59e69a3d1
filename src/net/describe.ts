/** A frame in plain words, for the trace and the page. Any bytes whatsoever get a description. */
import { toHex } from '../base/hex.ts';
import { type ArpPacket, decodeArp, isGratuitous } from './arp.ts';
import {
  BROADCAST_MAC,
  decodeEthernet,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_RARP,
  type EthernetFrame,
} from './ethernet.ts';
import type { FrameError } from './frame-error.ts';
import { decodeEcho } from './icmp.ts';
import { decodeIpv4, type Ipv4Packet, PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from './ipv4.ts';
import { isProbeByte, SERIAL_PORT } from './serial-port.ts';
import { ACK, decodeTcp, FIN, hasFlag, RST, SYN, type TcpSegment } from './tcp.ts';
import { decodeUdp, type UdpDatagram } from './udp.ts';

export type FrameType = 'ARP' | 'RARP' | 'UDP' | 'TCP' | 'ICMP' | 'IPv4' | 'Ethernet' | 'malformed';

export interface FrameDescription {
  readonly type: FrameType;
  /** An IP address where the frame carries IPv4, otherwise a MAC address ("everyone" for broadcast). */
  readonly from: string;
  readonly to: string;
  readonly summary: string;
}

/** More of the payload than this says nothing to a reader. */
const SHOWN_BYTES = 16;

export function describeFrame(bytes: Uint8Array): FrameDescription {
  const ethernet = decodeEthernet(bytes);
  if (!ethernet.ok)
    return { type: 'malformed', from: '?', to: '?', summary: ethernet.error.message };
  const frame = ethernet.value;
  switch (frame.etherType) {
    case ETHERTYPE_ARP:
    case ETHERTYPE_RARP:
      return describeArp(frame);
    case ETHERTYPE_IPV4:
      return describeIpv4(frame);
    default: {
      const summary = `EtherType 0x${frame.etherType.toString(16).padStart(4, '0')}`;
      return { type: 'Ethernet', ...macEnds(frame), summary };
    }
  }
}

function describeArp(frame: EthernetFrame): FrameDescription {
  const type = frame.etherType === ETHERTYPE_ARP ? 'ARP' : 'RARP';
  const packet = decodeArp(frame.payload);
  if (!packet.ok) return malformed(frame, packet.error);
  return { type, ...macEnds(frame), summary: arpSummary(packet.value) };
}

function arpSummary(packet: ArpPacket): string {
  switch (packet.operation) {
    case 'request':
      return isGratuitous(packet)
        ? `Gratuitous ARP: ${packet.senderIp} is at ${packet.senderMac}`
        : `Who has ${packet.targetIp}? Tell ${packet.senderIp}`;
    case 'reply':
      return isGratuitous(packet)
        ? `Gratuitous ARP reply: ${packet.senderIp} is at ${packet.senderMac}`
        : `${packet.senderIp} is at ${packet.senderMac}`;
    case 'reverse-request':
      return `RARP: ${packet.senderMac} is here now`;
    case 'reverse-reply':
      return `RARP reply: ${packet.targetMac} has ${packet.targetIp}`;
  }
}

function describeIpv4(frame: EthernetFrame): FrameDescription {
  const decoded = decodeIpv4(frame.payload);
  if (!decoded.ok) return malformed(frame, decoded.error);
  const packet = decoded.value;
  const ends = { from: packet.source, to: packet.destination };
  const size = `${packet.payload.length} bytes`;
  switch (packet.protocol) {
    case PROTOCOL_UDP:
      return describeUdp(packet);
    case PROTOCOL_TCP:
      return describeTcp(packet);
    case PROTOCOL_ICMP:
      return describeIcmp(packet);
    default:
      return { type: 'IPv4', ...ends, summary: `IP protocol ${packet.protocol}, ${size}` };
  }
}

function describeUdp(packet: Ipv4Packet): FrameDescription {
  const ends = { from: packet.source, to: packet.destination };
  const udp = decodeUdp(packet.payload, packet.source, packet.destination);
  if (!udp.ok) return { type: 'malformed', ...ends, summary: udp.error.message };
  return { type: 'UDP', ...ends, summary: udpSummary(udp.value) };
}

function describeIcmp(packet: Ipv4Packet): FrameDescription {
  const ends = { type: 'ICMP', from: packet.source, to: packet.destination } as const;
  const echo = decodeEcho(packet.payload);
  if (echo.ok) {
    const { kind, sequence } = echo.value;
    return { ...ends, summary: `Ping ${sequence}${kind === 'reply' ? ' answered' : ''}` };
  }
  return echo.error.code === 'unsupported'
    ? { ...ends, summary: echo.error.message }
    : { ...ends, type: 'malformed', summary: echo.error.message };
}

function describeTcp(packet: Ipv4Packet): FrameDescription {
  const ends = { from: packet.source, to: packet.destination };
  const tcp = decodeTcp(packet.payload, packet.source, packet.destination);
  if (!tcp.ok) return { type: 'malformed', ...ends, summary: tcp.error.message };
  return { type: 'TCP', ...ends, summary: tcpSummary(tcp.value) };
}

/** What the segment is for first, then its numbers: the window of a segment that carries nothing else. */
function tcpSummary(segment: TcpSegment): string {
  const { sourcePort, destinationPort, sequence, acknowledgment, window, payload } = segment;
  const parts = [`Port ${sourcePort} to port ${destinationPort}: ${tcpPurpose(segment)}`];
  if (payload.length > 0 || hasFlag(segment, SYN | FIN)) parts.push(`sequence ${sequence}`);
  if (hasFlag(segment, ACK)) parts.push(`acknowledges ${acknowledgment}, window ${window}`);
  return parts.join(', ');
}

function tcpPurpose(segment: TcpSegment): string {
  const { payload } = segment;
  const size = payload.length === 1 ? '1 byte' : `${payload.length} bytes`;
  if (hasFlag(segment, RST)) return 'connection reset';
  if (hasFlag(segment, SYN))
    return hasFlag(segment, ACK) ? 'connection accepted' : 'asks for a connection';
  const text = payload.length > 0 ? `${size}: ${describePayload(payload)}` : '';
  if (hasFlag(segment, FIN)) return text === '' ? 'has no more to send' : `${text}, and no more`;
  return text === '' ? 'nothing to send' : text;
}

function udpSummary({ sourcePort, destinationPort, payload }: UdpDatagram): string {
  const shown = describePayload(payload);
  if (destinationPort === SERIAL_PORT) return `To the serial console: ${shown}`;
  if (sourcePort === SERIAL_PORT) return `From the serial console: ${shown}`;
  return `Port ${sourcePort} to port ${destinationPort}: ${shown}`;
}

/** Printable text in quotes, anything else in hex, so that a guest cannot write into the trace's columns. */
function describePayload(payload: Uint8Array): string {
  if (payload.length === 0) return 'nothing';
  const head = payload.subarray(0, SHOWN_BYTES);
  const more =
    payload.length > SHOWN_BYTES ? ` and ${payload.length - SHOWN_BYTES} more bytes` : '';
  if (payload.length === 1 && isProbeByte(payload[0])) return `probe 0x${toHex(payload)}`;
  const printable = head.every((byte) => byte >= 0x20 && byte < 0x7f);
  return (printable ? JSON.stringify(String.fromCharCode(...head)) : `0x${toHex(head)}`) + more;
}

const malformed = (frame: EthernetFrame, error: FrameError): FrameDescription => ({
  type: 'malformed',
  ...macEnds(frame),
  summary: error.message,
});

const macEnds = ({ source, destination }: EthernetFrame) => ({
  from: source,
  to: destination === BROADCAST_MAC ? 'everyone' : destination,
});
