/**
 * An Ethernet frame layer by layer and field by field, for people: names and order as in the RFCs
 * and in Wireshark. It reads the bytes by itself, so that a frame with a mistake can be looked at too.
 */
import type { Layer } from '../base/dissection.ts';
import { internetChecksum } from './checksum.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_RARP } from './ethernet.ts';
import { contents, FieldReader, hex, layerFrom } from './field-reader.ts';
import { transportChecksum } from './ip-frame.ts';
import { type Ip, PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from './ipv4.ts';
import { isProbeByte, probeMark, SERIAL_PORT } from './serial-port.ts';
import { flagNames } from './tcp.ts';

const ETHERNET_BYTES = 14;
const ARP_BYTES = 28;
const ETHERTYPES: Readonly<Record<number, string>> = {
  [ETHERTYPE_IPV4]: 'IPv4',
  [ETHERTYPE_ARP]: 'ARP',
  [ETHERTYPE_RARP]: 'RARP',
};
const OPERATIONS = ['', 'request', 'reply', 'reverse request', 'reverse reply'];
const PROTOCOLS: Readonly<Record<number, string>> = {
  [PROTOCOL_ICMP]: 'ICMP',
  [PROTOCOL_TCP]: 'TCP',
  [PROTOCOL_UDP]: 'UDP',
};
const HTTP_PORT = 80;

export function dissectFrame(bytes: Uint8Array): Layer[] {
  const reader = new FieldReader(bytes, 0);
  let type = 0;
  const ethernet = layerFrom('Ethernet II', reader, () => {
    reader.mac('Destination');
    reader.mac('Source');
    type = reader.number('EtherType', 2, (value) => named(hex(value, 4), ETHERTYPES[value]));
  });
  if (ethernet.trouble !== undefined) return [ethernet];
  if (type === ETHERTYPE_ARP || type === ETHERTYPE_RARP)
    return [padded(ethernet, bytes, ETHERNET_BYTES + ARP_BYTES), arp(bytes, ETHERTYPES[type])];
  if (type !== ETHERTYPE_IPV4) return [ethernet, payload(bytes, ETHERNET_BYTES, bytes.length)];
  return ipv4(bytes, ethernet);
}

/** A short frame is filled up; the bytes belong to the frame and to nothing in it. */
function padded(ethernet: Layer, bytes: Uint8Array, end: number): Layer {
  const length = bytes.length - end;
  if (length <= 0) return ethernet;
  const padding = { name: 'Padding', value: `${length} bytes`, offset: end, length };
  return { ...ethernet, fields: [...ethernet.fields, padding] };
}

function arp(bytes: Uint8Array, name = 'ARP'): Layer {
  const reader = new FieldReader(bytes, ETHERNET_BYTES);
  return layerFrom(name, reader, () => {
    reader.number('Hardware type', 2, (value) => named(String(value), value === 1 && 'Ethernet'));
    reader.number('Protocol type', 2, (value) => named(hex(value, 4), ETHERTYPES[value]));
    reader.number('Hardware size', 1);
    reader.number('Protocol size', 1);
    reader.number('Operation', 2, (value) => named(String(value), OPERATIONS[value]));
    reader.mac('Sender MAC address');
    reader.ip('Sender IP address');
    reader.mac('Target MAC address');
    reader.ip('Target IP address');
  });
}

function ipv4(bytes: Uint8Array, ethernet: Layer): Layer[] {
  const reader = new FieldReader(bytes, ETHERNET_BYTES);
  const found = { end: bytes.length, protocol: 0, source: '', destination: '', next: 0 };
  const layer = layerFrom('IPv4', reader, () => {
    const first = reader.number('Version', 1, (value) => String(value >> 4));
    const headerBytes = (first & 15) * 4;
    reader.part('Header length', `${headerBytes} bytes`, 1);
    reader.number('Type of service', 1, (value) => hex(value, 2));
    found.end = ETHERNET_BYTES + reader.number('Total length', 2, (value) => `${value} bytes`);
    reader.number('Identification', 2, (value) => hex(value, 4));
    const fragment = reader.number('Flags', 2, fragmentFlags);
    reader.part('Fragment offset', String((fragment & 0x1fff) * 8), 2);
    reader.number('Time to live', 1);
    const protocol = (value: number) => named(String(value), PROTOCOLS[value]);
    found.protocol = reader.number('Protocol', 1, protocol);
    found.next = ETHERNET_BYTES + headerBytes;
    const header = bytes.subarray(ETHERNET_BYTES, found.next);
    reader.number('Header checksum', 2, judged(internetChecksum(header) === 0));
    found.source = reader.ip('Source address');
    found.destination = reader.ip('Destination address');
  });
  const frame = padded(ethernet, bytes, found.end);
  return layer.trouble === undefined ? [frame, layer, ...above(bytes, found)] : [frame, layer];
}

const fragmentFlags = (value: number): string => {
  const names = [value & 0x4000 && 'don’t fragment', value & 0x2000 && 'more fragments'];
  return named(hex(value >> 13, 1), names.filter(Boolean).join(', '));
};

interface Packet {
  /** Where the packet ends and where what it carries begins. */
  readonly end: number;
  readonly next: number;
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
}

function above(bytes: Uint8Array, packet: Packet): Layer[] {
  const { protocol, next, end } = packet;
  const carried = bytes.subarray(next, end);
  const sum = (): boolean =>
    transportChecksum(protocol, carried, packet.source as Ip, packet.destination as Ip) === 0;
  switch (protocol) {
    case PROTOCOL_ICMP:
      return [icmp(bytes, next, end, internetChecksum(carried) === 0)];
    case PROTOCOL_UDP:
      return udp(bytes, next, end, sum());
    case PROTOCOL_TCP:
      return tcp(bytes, next, end, sum());
    default:
      return [payload(bytes, next, end)];
  }
}

function icmp(bytes: Uint8Array, at: number, end: number, right: boolean): Layer {
  const reader = new FieldReader(bytes, at, end);
  const types: Readonly<Record<number, string>> = { 0: 'echo reply', 8: 'echo request' };
  return layerFrom('ICMP', reader, () => {
    reader.number('Type', 1, (value) => named(String(value), types[value]));
    reader.number('Code', 1);
    reader.number('Checksum', 2, judged(right));
    reader.number('Identifier', 2);
    reader.number('Sequence number', 2);
    reader.rest('Data');
  });
}

function udp(bytes: Uint8Array, at: number, end: number, right: boolean): Layer[] {
  const reader = new FieldReader(bytes, at, end);
  let ports = [0, 0];
  const layer = layerFrom('UDP', reader, () => {
    const source = reader.number('Source port', 2);
    ports = [source, reader.number('Destination port', 2)];
    reader.number('Length', 2, (value) => `${value} bytes`);
    reader.number('Checksum', 2, judged(right));
  });
  if (layer.trouble !== undefined || reader.remaining <= 0) return [layer];
  if (!ports.includes(SERIAL_PORT)) return [layer, payload(bytes, reader.offset, end)];
  const console = new FieldReader(bytes, reader.offset, end);
  return [layer, layerFrom('Serial console', console, () => console.rest('Characters', typed))];
}

/** A probe is one byte of the upper half; everything else is text. */
const typed = (bytes: Uint8Array): string =>
  bytes.length === 1 && isProbeByte(bytes[0])
    ? `probe ${probeMark(bytes[0])} of 128`
    : contents(bytes);

function tcp(bytes: Uint8Array, at: number, end: number, right: boolean): Layer[] {
  const reader = new FieldReader(bytes, at, end);
  let ports = [0, 0];
  const layer = layerFrom('TCP', reader, () => {
    const source = reader.number('Source port', 2);
    ports = [source, reader.number('Destination port', 2)];
    reader.number('Sequence number', 4);
    reader.number('Acknowledgment number', 4);
    const offset = reader.number('Data offset', 1, (value) => `${(value >> 4) * 4} bytes`);
    reader.number('Flags', 1, (value) => named(hex(value, 2), flagNames(value).join(', ')));
    reader.number('Window', 2);
    reader.number('Checksum', 2, judged(right));
    reader.number('Urgent pointer', 2);
    options(reader, at + (offset >> 4) * 4);
  });
  if (layer.trouble !== undefined || reader.remaining <= 0) return [layer];
  const isHttp = ports.includes(HTTP_PORT);
  return [layer, payload(bytes, reader.offset, end, isHttp ? 'HTTP' : 'Data')];
}

/** Up to where the data begin. */
function options(reader: FieldReader, end: number): void {
  while (reader.offset < end) {
    const kind = reader.number('Option', 1, (value) =>
      named(String(value), ['end', 'no operation', 'maximum segment size'][value]),
    );
    if (kind < 2) continue;
    const length = reader.number('Option length', 1);
    if (length > 4 || length < 3) return;
    reader.number('Option value', length - 2);
  }
}

function payload(bytes: Uint8Array, at: number, end: number, title = 'Data'): Layer {
  const reader = new FieldReader(bytes, at, end);
  return layerFrom(title, reader, () => reader.rest('Contents'));
}

const named = (value: string, name: string | false | undefined): string =>
  name ? `${value} (${name})` : value;

const judged = (right: boolean) => (value: number) =>
  `${hex(value, 4)} (${right ? 'right' : 'wrong'})`;
