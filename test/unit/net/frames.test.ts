import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/base/hex.ts';
import type { Result } from '../../../src/base/result.ts';
import {
  arpReply,
  arpRequest,
  decodeArp,
  encodeArp,
  gratuitousArp,
  isGratuitous,
  rarpAnnouncement,
} from '../../../src/net/arp.ts';
import { internetChecksum } from '../../../src/net/checksum.ts';
import {
  decodeEthernet,
  encodeEthernet,
  isGroupMac,
  MIN_FRAME_BYTES,
  mac,
  parseMac,
  wireBytes,
} from '../../../src/net/ethernet.ts';
import type { FrameError } from '../../../src/net/frame-error.ts';
import { decodeIpv4, encodeIpv4, ip, parseIp } from '../../../src/net/ipv4.ts';
import { decodeUdp, decodeUdpFrame, encodeUdp, encodeUdpFrame } from '../../../src/net/udp.ts';
import { anyArp, anyIp, anyIpv4, anyMac, anyUdpFrame, bytes } from './arbitraries.ts';

const VM = { mac: mac('52:54:00:12:34:56'), ip: ip('10.0.0.2') };
const CLIENT = { mac: mac('52:54:00:00:00:99'), ip: ip('10.0.0.9') };

const fromHex = (text: string) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

function errorCode(result: Result<unknown, FrameError>): string {
  return result.ok ? 'none' : result.error.code;
}

describe('Ethernet', () => {
  it('pads a short payload to 60 bytes and takes 84 byte times on the wire', () => {
    const frame = encodeEthernet({
      destination: VM.mac,
      source: CLIENT.mac,
      etherType: 0x88b5,
      payload: new Uint8Array(1),
    });
    expect(frame.length).toBe(60);
    expect(wireBytes(frame)).toBe(84);
  });

  it('takes 1538 byte times for the longest frame', () => {
    const frame = encodeEthernet({
      destination: VM.mac,
      source: CLIENT.mac,
      etherType: 0x88b5,
      payload: new Uint8Array(1500),
    });
    expect(wireBytes(frame)).toBe(1538);
  });

  it('refuses runts and giants by name', () => {
    expect(errorCode(decodeEthernet(new Uint8Array(59)))).toBe('truncated');
    expect(errorCode(decodeEthernet(new Uint8Array(1515)))).toBe('too-long');
  });

  it('decodes what it encoded, padding behind the payload', () => {
    const anyFrame = fc.record({
      destination: anyMac,
      source: anyMac,
      etherType: fc.nat(0xffff),
      payload: bytes(1500),
    });
    fc.assert(
      fc.property(anyFrame, (frame) => {
        const padded = new Uint8Array(Math.max(frame.payload.length, MIN_FRAME_BYTES - 14));
        padded.set(frame.payload);
        expect(decodeEthernet(encodeEthernet(frame))).toEqual({
          ok: true,
          value: { ...frame, payload: padded },
        });
      }),
    );
  });

  it('writes MAC addresses in one form only', () => {
    expect(parseMac('52-54-00-AB-cd-EF')).toEqual({ ok: true, value: '52:54:00:ab:cd:ef' });
    for (const text of [
      '',
      '52:54:00:12:34',
      '52:54:00:12:34:5g',
      '52:54-00:12:34:56',
      '525400123456',
    ]) {
      expect(errorCode(parseMac(text))).toBe('bad-address');
    }
  });

  it('tells group addresses from those of one machine', () => {
    expect(isGroupMac(mac('ff:ff:ff:ff:ff:ff'))).toBe(true);
    expect(isGroupMac(mac('01:00:5e:00:00:01'))).toBe(true);
    expect(isGroupMac(VM.mac)).toBe(false);
  });
});

describe('ARP', () => {
  it('asks everyone who has an address', () => {
    expect(toHex(arpRequest(CLIENT, VM.ip)).slice(0, 84)).toBe(
      'ffffffffffff525400000099080600010800060400015254000000990a0000090000000000000a000002',
    );
  });

  it('answers the one who asked', () => {
    expect(toHex(arpReply(VM, CLIENT)).slice(0, 84)).toBe(
      '52540000009952540012345608060001080006040002525400123456' +
        '0a000002' +
        '525400000099' +
        '0a000009',
    );
  });

  it('announces without being asked, in either form', () => {
    for (const form of ['request', 'reply'] as const) {
      const frame = decodeEthernet(gratuitousArp(VM, form));
      const packet = frame.ok ? decodeArp(frame.value.payload) : frame;
      expect(packet).toMatchObject({
        ok: true,
        value: { operation: form, senderIp: VM.ip, targetIp: VM.ip },
      });
      expect(packet.ok && 'operation' in packet.value && isGratuitous(packet.value)).toBe(true);
    }
  });

  it('announces by RARP with the very bytes that QEMU sends', () => {
    expect(toHex(rarpAnnouncement(VM.mac))).toBe(
      `ffffffffffff5254001234568035${'0001080006040003'}${'52540012345600000000'.repeat(2)}${'00'.repeat(18)}`,
    );
  });

  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(anyArp, (packet) => {
        expect(decodeArp(encodeArp(packet))).toEqual({ ok: true, value: packet });
      }),
    );
  });

  it('refuses other hardware, other protocols and unknown operations', () => {
    const good = encodeArp({
      operation: 'request',
      senderMac: VM.mac,
      senderIp: VM.ip,
      targetMac: VM.mac,
      targetIp: VM.ip,
    });
    expect(errorCode(decodeArp(good.subarray(0, 27)))).toBe('truncated');
    for (const offset of [1, 3, 4, 5, 7])
      expect(errorCode(decodeArp(good.with(offset, 9)))).toBe('unsupported');
    expect(errorCode(decodeArp(good.with(7, 0)))).toBe('unsupported');
  });
});

describe('IPv4', () => {
  it('computes the checksum of the example in RFC 1071', () => {
    expect(internetChecksum(fromHex('0001f203f4f5f6f7'))).toBe(0x220d);
  });

  it('counts an odd last byte as the high half of a word', () => {
    expect(internetChecksum(fromHex('01'))).toBe(0xfeff);
  });

  it('decodes what it encoded, whatever padding follows', () => {
    fc.assert(
      fc.property(anyIpv4, bytes(46), (packet, padding) => {
        const padded = Uint8Array.from([...encodeIpv4(packet), ...padding]);
        expect(decodeIpv4(padded)).toEqual({ ok: true, value: packet });
      }),
    );
  });

  it('steps over options', () => {
    const header = fromHex('460000190000000040110000' + '0a0000010a000002' + '01010101');
    new DataView(header.buffer).setUint16(10, internetChecksum(header));
    const decoded = decodeIpv4(Uint8Array.from([...header, 0xaa]));
    expect(decoded).toMatchObject({ ok: true, value: { payload: Uint8Array.of(0xaa) } });
  });

  it('refuses each kind of broken header by its name', () => {
    const packet = encodeIpv4({
      source: CLIENT.ip,
      destination: VM.ip,
      protocol: 17,
      ttl: 64,
      identification: 7,
      dontFragment: false,
      payload: new Uint8Array(8),
    });
    expect(errorCode(decodeIpv4(packet.subarray(0, 19)))).toBe('truncated');
    expect(errorCode(decodeIpv4(packet.with(0, 0x65)))).toBe('bad-version');
    expect(errorCode(decodeIpv4(packet.with(0, 0x44)))).toBe('bad-length');
    expect(errorCode(decodeIpv4(packet.with(3, 29)))).toBe('bad-length');
    expect(errorCode(decodeIpv4(packet.with(8, 63)))).toBe('bad-checksum');
    expect(errorCode(decodeIpv4(fragment(packet)))).toBe('unsupported');
  });

  it('writes addresses in one form only', () => {
    expect(parseIp('10.0.0.2')).toEqual({ ok: true, value: '10.0.0.2' });
    for (const text of ['', '10.0.0', '10.0.0.256', '10.0.0.02', '10.0.0.2.1', '10.0.0.-1']) {
      expect(errorCode(parseIp(text))).toBe('bad-address');
    }
  });

  function fragment(packet: Uint8Array): Uint8Array {
    const changed = Uint8Array.from(packet);
    const view = new DataView(changed.buffer);
    view.setUint16(6, 0x2000);
    view.setUint16(10, 0);
    view.setUint16(10, internetChecksum(changed.subarray(0, 20)));
    return changed;
  }
});

describe('UDP', () => {
  const probe = {
    from: { ...CLIENT, port: 40000 },
    to: { ...VM, port: 2323 },
    payload: Uint8Array.of(0x81),
  };

  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(anyUdpFrame, (frame) => {
        expect(decodeUdpFrame(encodeUdpFrame(frame))).toEqual({ ok: true, value: frame });
      }),
    );
  });

  it('notices one flipped bit anywhere in the datagram', () => {
    const bits = fc.nat(9 * 8 - 1).filter((bit) => bit < 32 || bit >= 48);
    fc.assert(
      fc.property(bits, (bit) => {
        const datagram = encodeUdp(
          { sourcePort: 1, destinationPort: 2, payload: Uint8Array.of(3) },
          VM.ip,
          CLIENT.ip,
        );
        datagram[bit >> 3] ^= 1 << (bit & 7);
        expect(decodeUdp(datagram, VM.ip, CLIENT.ip).ok).toBe(false);
      }),
    );
  });

  it('never sends 0 as a checksum, since 0 says that there is none', () => {
    const sum = internetChecksum(Uint8Array.of(0, 17, 0, 10, 0, 10));
    const payload = Uint8Array.of(sum >> 8, sum & 0xff);
    const datagram = encodeUdp(
      { sourcePort: 0, destinationPort: 0, payload },
      ip('0.0.0.0'),
      ip('0.0.0.0'),
    );
    expect(toHex(datagram.subarray(6, 8))).toBe('ffff');
    expect(decodeUdp(datagram, ip('0.0.0.0'), ip('0.0.0.0')).ok).toBe(true);
  });

  it('accepts a datagram whose sender computed no checksum', () => {
    const datagram = encodeUdp(
      { sourcePort: 1, destinationPort: 2, payload: Uint8Array.of(3) },
      VM.ip,
      CLIENT.ip,
    );
    expect(decodeUdp(datagram.with(6, 0).with(7, 0).with(8, 4), VM.ip, CLIENT.ip).ok).toBe(true);
  });

  it('refuses lengths that lie', () => {
    const datagram = encodeUdp(
      { sourcePort: 1, destinationPort: 2, payload: Uint8Array.of(3) },
      VM.ip,
      CLIENT.ip,
    );
    expect(errorCode(decodeUdp(datagram.subarray(0, 7), VM.ip, CLIENT.ip))).toBe('truncated');
    expect(errorCode(decodeUdp(datagram.with(5, 7), VM.ip, CLIENT.ip))).toBe('bad-length');
    expect(errorCode(decodeUdp(datagram.with(5, 10), VM.ip, CLIENT.ip))).toBe('bad-length');
  });

  it('puts a one-byte probe into the smallest frame', () => {
    expect(encodeUdpFrame(probe).length).toBe(MIN_FRAME_BYTES);
  });
});

describe('decoders', () => {
  it('answer for any bytes, whole frames with one byte changed included', () => {
    const random = bytes(1600);
    const damaged = fc
      .tuple(anyUdpFrame, fc.nat(0xffff), fc.nat(0xff))
      .map(([frame, at, value]) => encodeUdpFrame(frame).with(at % 60, value));
    fc.assert(
      fc.property(fc.oneof(random, damaged), anyIp, (input, address) => {
        const results = [
          decodeEthernet(input),
          decodeArp(input),
          decodeIpv4(input),
          decodeUdp(input, address, address),
          decodeUdpFrame(input),
        ];
        for (const result of results) expect(typeof result.ok).toBe('boolean');
      }),
    );
  });

  it('return copies that outlive their input', () => {
    const frame = encodeUdpFrame({
      from: { ...CLIENT, port: 1 },
      to: { ...VM, port: 2 },
      payload: Uint8Array.of(7),
    });
    const decoded = decodeUdpFrame(frame);
    frame.fill(0);
    expect(decoded).toMatchObject({ ok: true, value: { payload: Uint8Array.of(7) } });
  });
});
