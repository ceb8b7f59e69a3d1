import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arpReply, arpRequest, gratuitousArp, rarpAnnouncement } from '../../../src/net/arp.ts';
import { describeFrame } from '../../../src/net/describe.ts';
import { encodeEthernet, mac } from '../../../src/net/ethernet.ts';
import { ip } from '../../../src/net/ipv4.ts';
import { SERIAL_PORT } from '../../../src/net/serial-port.ts';
import { encodeUdpFrame } from '../../../src/net/udp.ts';
import { anyUdpFrame, bytes } from './arbitraries.ts';

const VM = { mac: mac('52:54:00:12:34:56'), ip: ip('10.0.0.2') };
const CLIENT = { mac: mac('52:54:00:00:00:99'), ip: ip('10.0.0.9') };

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
      fc.property(fc.oneof(bytes(1600), anyUdpFrame.map(encodeUdpFrame)), (frame) => {
        expect(describeFrame(frame).summary).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });
});
