import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEcho, encodeEcho } from '../../../src/net/icmp.ts';
import { decodeIpFrame, encodeIpFrame } from '../../../src/net/ip-frame.ts';
import { ip } from '../../../src/net/ipv4.ts';
import { decodeTcp, encodeTcp, SYN, type TcpSegment } from '../../../src/net/tcp.ts';
import { anyEcho, anyIp, anyMac, anySegment, bytes } from './arbitraries.ts';

const CLIENT = ip('10.0.0.9');
const VM = ip('10.0.0.5');
const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('ICMP echo', () => {
  it('has the bytes of RFC 792', () => {
    const payload = fromHex('616263');
    const echo = { kind: 'request', identifier: 0x1234, sequence: 7, payload } as const;
    expect(encodeEcho(echo)).toEqual(fromHex('080021621234000761' + '6263'));
  });

  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(anyEcho, (echo) => {
        expect(decodeEcho(encodeEcho(echo))).toEqual({ ok: true, value: echo });
      }),
    );
  });

  it('refuses a wrong checksum, a short message and any other type, by name', () => {
    const good = encodeEcho({ kind: 'reply', identifier: 1, sequence: 2, payload: fromHex('61') });
    const code = (message: Uint8Array) => {
      const decoded = decodeEcho(message);
      return decoded.ok ? 'none' : decoded.error.code;
    };
    expect(code(good.with(8, 0x62))).toBe('bad-checksum');
    expect(code(good.subarray(0, 7))).toBe('truncated');
    expect(code(fromHex('0303fcfc00000000'))).toBe('unsupported');
  });

  it('decodes or refuses any bytes', () => {
    fc.assert(
      fc.property(bytes(64), (message) => {
        expect(typeof decodeEcho(message).ok).toBe('boolean');
      }),
    );
  });
});

describe('TCP segments', () => {
  const segment: TcpSegment = {
    sourcePort: 50_000,
    destinationPort: 80,
    sequence: 0x01020304,
    acknowledgment: 0,
    flags: SYN,
    window: 8192,
    segmentSize: 1460,
    payload: new Uint8Array(0),
  };

  it('have the bytes of RFC 9293', () => {
    const expected = 'c35000500102030400000000600220009c720000020405b4';
    expect(encodeTcp(segment, CLIENT, VM)).toEqual(fromHex(expected));
  });

  it('decode what they were encoded from', () => {
    fc.assert(
      fc.property(anySegment, anyIp, anyIp, (any, source, destination) => {
        const encoded = encodeTcp(any, source, destination);
        expect(decodeTcp(encoded, source, destination)).toEqual({ ok: true, value: any });
      }),
    );
  });

  it('refuse one wrong bit anywhere, and a segment for another address', () => {
    fc.assert(
      fc.property(anySegment, fc.nat(), (any, place) => {
        const encoded = encodeTcp(any, CLIENT, VM);
        const bit = place % (encoded.length * 8);
        encoded[bit >> 3] ^= 1 << (bit & 7);
        expect(decodeTcp(encoded, CLIENT, VM).ok).toBe(false);
      }),
    );
    expect(decodeTcp(encodeTcp(segment, CLIENT, VM), CLIENT, ip('10.0.0.6')).ok).toBe(false);
  });

  it('step over options that are not understood, and stop at nonsense', () => {
    const options = (text: string) => {
      const plain = { ...segment, segmentSize: undefined };
      const encoded = encodeTcp({ ...plain, payload: fromHex(text) }, CLIENT, VM);
      // The payload becomes options; 4 bits of the header length sit in byte 12.
      const longer = encoded.with(12, ((20 + text.length / 2) / 4) << 4);
      const sum = (longer[16] << 8) | longer[17];
      const added = (longer[12] - encoded[12]) << 8;
      const turned = sum - added <= 0 ? sum - added + 0xffff : sum - added;
      const decoded = decodeTcp(longer.with(16, turned >> 8).with(17, turned & 255), CLIENT, VM);
      return decoded.ok ? decoded.value.segmentSize : decoded.error.code;
    };
    expect(options('01030302020403e8')).toBe(1000);
    expect(options('0402010100020405')).toBeUndefined();
    expect(options('020405b402000000')).toBe(1460);
    expect(options('0200ffff020405b4')).toBeUndefined();
    expect(options('080a0000')).toBeUndefined();
  });

  it('decode or refuse any bytes', () => {
    fc.assert(
      fc.property(bytes(80), (any) => {
        expect(typeof decodeTcp(any, CLIENT, VM).ok).toBe('boolean');
      }),
    );
  });
});

describe('IP frames', () => {
  const station = fc.record({ mac: anyMac, ip: anyIp });

  it('decode what they were encoded from', () => {
    const any = fc.record({
      from: station,
      to: station,
      protocol: fc.nat(255),
      payload: bytes(1480),
    });
    fc.assert(
      fc.property(any, (frame) => {
        expect(decodeIpFrame(encodeIpFrame(frame))).toEqual({ ok: true, value: frame });
      }),
    );
  });
});
