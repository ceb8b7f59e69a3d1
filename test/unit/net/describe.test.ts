import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arpReply, arpRequest, gratuitousArp, rarpAnnouncement } from '../../../src/net/arp.ts';
import { describeFrame } from '../../../src/net/describe.ts';
import { encodeEthernet, mac } from '../../../src/net/ethernet.ts';
import { encodeIpFrame } from '../../../src/net/ip-frame.ts';
import { ip, PROTOCOL_ICMP, PROTOCOL_TCP } from '../../../src/net/ipv4.ts';
import { SERIAL_PORT } from '../../../src/net/serial-port.ts';
import { ACK, encodeTcp, FIN, RST, SYN } from '../../../src/net/tcp.ts';
import { encodeUdpFrame } from '../../../src/net/udp.ts';
import { anySegment, anyUdpFrame, bytes } from './arbitraries.ts';

const VM = { mac: mac('52:54:00:12:34:56'), ip: ip('10.0.0.2') };
const CLIENT = { mac: mac('52:54:00:00:00:99'), ip: ip('10.0.0.9') };

const anySegmentFrame = anySegment.map((segment) =>
  encodeIpFrame({
    from: CLIENT,
    to: VM,
    protocol: PROTOCOL_TCP,
    payload: encodeTcp(segment, CLIENT.ip, VM.ip),
  }),
);

function toConsole(payload: Uint8Array) {
  return describeFrame(
    encodeUdpFrame({ from: { ...CLIENT, port: 40000 }, to: { ...VM, port: SERIAL_PORT }, payload }),
  );
}

describe('describeFrame', () => {
  it('tells an ARP request, its reply and the announcements apart', () => {
    expect(describeFrame(arpRequest(CLIENT, VM.ip))).toEqual({
      type: 'ARP',
      from: CLIENT.mac,
      to: 'everyone',
      summary: 'Who has 10.0.0.2? Tell 10.0.0.9',
    });
    expect(describeFrame(arpReply(VM, CLIENT)).summary).toBe('10.0.0.2 is at 52:54:00:12:34:56');
    expect(describeFrame(gratuitousArp(VM, 'request')).summary).toBe(
      'Gratuitous ARP: 10.0.0.2 is at 52:54:00:12:34:56',
    );
    expect(describeFrame(rarpAnnouncement(VM.mac))).toMatchObject({
      type: 'RARP',
      summary: 'RARP: 52:54:00:12:34:56 is here now',
    });
  });

  it('names a probe on its way to the serial console', () => {
    expect(toConsole(Uint8Array.of(0x85))).toEqual({
      type: 'UDP',
      from: '10.0.0.9',
      to: '10.0.0.2',
      summary: 'To the serial console: probe 0x85',
    });
  });

  it('quotes text and shows the rest in hex, so that no guest can write a line of its own', () => {
    expect(toConsole(new TextEncoder().encode('ls "x"')).summary).toBe(
      'To the serial console: "ls \\"x\\""',
    );
    expect(toConsole(Uint8Array.of(0x41, 0x0a)).summary).toBe('To the serial console: 0x410a');
    expect(toConsole(new Uint8Array(20).fill(0x41)).summary).toMatch(/and 4 more bytes$/);
  });

  it('says what a TCP segment is for, then its numbers', () => {
    const say = (flags: number, payload = '', acknowledgment = 9) => {
      const ports = { sourcePort: 50_000, destinationPort: 80, sequence: 5, window: 4096 };
      const text = new TextEncoder().encode(payload);
      const segment = { ...ports, acknowledgment, flags, segmentSize: undefined, payload: text };
      const encoded = encodeTcp(segment, CLIENT.ip, VM.ip);
      const protocol = PROTOCOL_TCP;
      return describeFrame(encodeIpFrame({ from: CLIENT, to: VM, protocol, payload: encoded }));
    };
    const ends = 'Port 50000 to port 80: ';
    expect(say(SYN)).toEqual({
      type: 'TCP',
      from: '10.0.0.9',
      to: '10.0.0.2',
      summary: `${ends}asks for a connection, sequence 5`,
    });
    const acknowledges = ', acknowledges 9, window 4096';
    expect(say(SYN | ACK).summary).toBe(`${ends}connection accepted, sequence 5${acknowledges}`);
    expect(say(ACK).summary).toBe(`${ends}nothing to send${acknowledges}`);
    expect(say(ACK, 'GET /').summary).toBe(`${ends}5 bytes: "GET /", sequence 5${acknowledges}`);
    expect(say(FIN | ACK).summary).toBe(`${ends}has no more to send, sequence 5${acknowledges}`);
    expect(say(FIN | ACK, '\n').summary).toMatch(/1 byte: 0x0a, and no more, sequence 5/);
    expect(say(RST).summary).toBe(`${ends}connection reset`);
  });

  it('calls a segment or an echo with a wrong checksum malformed', () => {
    for (const protocol of [PROTOCOL_TCP, PROTOCOL_ICMP]) {
      const payload = new Uint8Array(20).fill(0x50);
      const frame = encodeIpFrame({ from: CLIENT, to: VM, protocol, payload });
      expect(describeFrame(frame).type).toBe('malformed');
    }
  });

  it('names what it does not know', () => {
    const frame = encodeEthernet({
      destination: VM.mac,
      source: CLIENT.mac,
      etherType: 0x86dd,
      payload: new Uint8Array(46),
    });
    expect(describeFrame(frame)).toMatchObject({ type: 'Ethernet', summary: 'EtherType 0x86dd' });
    expect(describeFrame(new Uint8Array(10)).type).toBe('malformed');
  });

  it('has one printable line for any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(bytes(1600), anyUdpFrame.map(encodeUdpFrame), anySegmentFrame),
        (frame) => {
          expect(describeFrame(frame).summary).toMatch(/^[\x20-\x7e]+$/);
        },
      ),
    );
  });
});
