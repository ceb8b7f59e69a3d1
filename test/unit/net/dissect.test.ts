import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/base/dissection.ts';
import { MESSAGE_HEAD } from '../../../src/lab/wire-tap.ts';
import { dissectMessage } from '../../../src/migration/dissect.ts';
import { gratuitousArp, rarpAnnouncement } from '../../../src/net/arp.ts';
import { describeFrame } from '../../../src/net/describe.ts';
import { dissectFrame } from '../../../src/net/dissect.ts';
import { encodeEcho } from '../../../src/net/icmp.ts';
import { encodeIpFrame } from '../../../src/net/ip-frame.ts';
import { PROTOCOL_ICMP, PROTOCOL_TCP } from '../../../src/net/ipv4.ts';
import { ACK, encodeTcp, PSH, SYN } from '../../../src/net/tcp.ts';
import { finishedLab, SMALL } from '../../support/labs.ts';
import { CLIENT, VM } from './stations.ts';

const fieldOf = (layers: readonly Layer[], title: string, name: string): string | undefined =>
  layers.find((layer) => layer.title === title)?.fields.find((field) => field.name === name)?.value;

/** Which byte belongs to no field, of all that are there. */
function bare(layers: readonly Layer[], length: number): number[] {
  const covered = new Set<number>();
  for (const { offset, length: size } of layers.flatMap(({ fields }) => fields))
    for (let i = 0; i < size; i++) covered.add(offset + i);
  return Array.from({ length }, (_, i) => i).filter((i) => !covered.has(i));
}

describe('a frame taken apart', () => {
  it('is an announcement by RARP, with its padding', () => {
    const frame = rarpAnnouncement(VM.mac);
    const layers = dissectFrame(frame);
    expect(layers.map(({ title }) => title)).toEqual(['Ethernet II', 'RARP']);
    expect(fieldOf(layers, 'RARP', 'Operation')).toBe('3 (reverse request)');
    expect(fieldOf(layers, 'Ethernet II', 'Destination')).toBe('ff:ff:ff:ff:ff:ff (everyone)');
    expect(fieldOf(layers, 'Ethernet II', 'Padding')).toBe('18 bytes');
    expect(bare(layers, frame.length)).toEqual([]);
  });

  it('is a gratuitous ARP whose sender and target are one', () => {
    const layers = dissectFrame(gratuitousArp(VM, 'request'));
    expect(fieldOf(layers, 'ARP', 'Sender IP address')).toBe(VM.ip);
    expect(fieldOf(layers, 'ARP', 'Target IP address')).toBe(VM.ip);
  });

  it('is a ping, and says when a sum is wrong', () => {
    const echo = { kind: 'request', identifier: 7, sequence: 9 } as const;
    const payload = encodeEcho({ ...echo, payload: new Uint8Array(56) });
    const frame = encodeIpFrame({ from: CLIENT, to: VM, protocol: PROTOCOL_ICMP, payload });
    const layers = dissectFrame(frame);
    expect(layers.map(({ title }) => title)).toEqual(['Ethernet II', 'IPv4', 'ICMP']);
    expect(fieldOf(layers, 'ICMP', 'Sequence number')).toBe('9');
    expect(fieldOf(layers, 'ICMP', 'Checksum')).toMatch(/right/);
    expect(bare(layers, frame.length)).toEqual([]);
    frame[frame.length - 1] ^= 1;
    expect(fieldOf(dissectFrame(frame), 'ICMP', 'Checksum')).toMatch(/wrong/);
    expect(fieldOf(dissectFrame(frame), 'IPv4', 'Header checksum')).toMatch(/right/);
  });

  it('is TCP with an option, and HTTP above it', () => {
    const segment = (flags: number, segmentSize: number | undefined, text: string) => {
      const head = { sourcePort: 80, destinationPort: 49_152, sequence: 5, acknowledgment: 6 };
      const tcp = { ...head, flags, window: 100, segmentSize, payload: Buffer.from(text) };
      const payload = encodeTcp(tcp, VM.ip, CLIENT.ip);
      return dissectFrame(encodeIpFrame({ from: VM, to: CLIENT, protocol: PROTOCOL_TCP, payload }));
    };
    const opening = segment(SYN | ACK, 1460, '');
    expect(fieldOf(opening, 'TCP', 'Flags')).toBe('0x12 (SYN, ACK)');
    expect(fieldOf(opening, 'TCP', 'Option value')).toBe('1460');
    expect(opening.map(({ title }) => title)).not.toContain('HTTP');
    const answer = segment(PSH | ACK, undefined, 'HTTP/1.0 200 OK\r\n');
    expect(fieldOf(answer, 'HTTP', 'Contents')).toBe('17 bytes: "HTTP/1.0 200 OK\\r\\n"');
  });

  it('keeps what can be read when it is cut anywhere', () => {
    const payload = encodeEcho({
      kind: 'reply',
      identifier: 1,
      sequence: 2,
      payload: new Uint8Array(0),
    });
    const frame = encodeIpFrame({ from: VM, to: CLIENT, protocol: PROTOCOL_ICMP, payload });
    let fields = -1;
    for (let length = 0; length <= 42; length++) {
      const layers = dissectFrame(frame.subarray(0, length));
      const count = layers.flatMap((layer) => layer.fields).length;
      expect(count).toBeGreaterThanOrEqual(fields);
      fields = count;
    }
    expect(fields).toBe(20);
    expect(dissectFrame(frame.subarray(0, 20)).at(-1)?.trouble).toMatch(/needs \d bytes/);
  });
});

describe('what crosses in a whole migration', () => {
  const frames: Uint8Array[] = [];
  const messages: Uint8Array[] = [];
  finishedLab(SMALL, ({ payload }) => {
    if (payload.kind === 'frame') frames.push(payload.frame);
    else if (payload.kind === 'message') messages.push(payload.bytes);
  });

  it('is read without trouble, every byte of it, and the frames as they are described', () => {
    expect(frames.length).toBeGreaterThan(20);
    for (const bytes of frames) {
      const layers = dissectFrame(bytes);
      expect(layers.filter(({ trouble }) => trouble !== undefined)).toEqual([]);
      expect(bare(layers, bytes.length)).toEqual([]);
      expect(layers.map(({ title }) => title)).toContain(describeFrame(bytes).type);
    }
  });

  it('has messages of which every byte belongs to a field', () => {
    const titles = new Set<string>();
    for (const bytes of messages) {
      const [header, body] = dissectMessage(bytes, bytes.length);
      expect(header?.fields).toHaveLength(8);
      expect(body?.trouble).toBeUndefined();
      if (header && body && bytes.length < 200)
        expect(bare([header, body], bytes.length)).toEqual([]);
      titles.add(body?.title ?? '');
    }
    for (const type of ['HELLO', 'PAGES', 'STATE', 'GO', 'STARTED', 'PING'])
      expect(titles).toContain(type);
  });

  it('has messages whose beginning can be read, and is told to be no more', () => {
    const long = messages.filter(({ length }) => length > MESSAGE_HEAD);
    expect(long.length).toBeGreaterThan(100);
    for (const bytes of long) {
      const [, body] = dissectMessage(bytes.subarray(0, MESSAGE_HEAD), bytes.length);
      expect(body?.fields.length).toBeGreaterThan(0);
      expect(body?.trouble).toContain(`Of ${bytes.length} bytes the first ${MESSAGE_HEAD}`);
    }
  });

  it('is told to be no message when its first bytes are others', () => {
    const [header, ...more] = dissectMessage(Uint8Array.of(1, 2, 3), 3);
    expect(header?.trouble).toBe('magic needs 4 bytes, 3 are left (at byte 0)');
    expect(more).toEqual([]);
  });
});
