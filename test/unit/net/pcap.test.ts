import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/base/hex.ts';
import { instant } from '../../../src/base/units.ts';
import { rarpAnnouncement } from '../../../src/net/arp.ts';
import { writePcap } from '../../../src/net/pcap.ts';
import { VM } from './stations.ts';

describe('writePcap', () => {
  it('begins with the header of a nanosecond capture of Ethernet', () => {
    expect(toHex(writePcap([]))).toBe('4d3cb2a1020004000000000000000000ffff000001000000');
  });

  it('writes seconds, nanoseconds, both lengths and the frame', () => {
    const frame = rarpAnnouncement(VM.mac);
    const file = writePcap([{ at: instant(3_000_000_007), frame }]);
    expect(toHex(file.subarray(24, 40))).toBe('03000000070000003c0000003c000000');
    expect(file.subarray(40)).toEqual(frame);
  });
});
