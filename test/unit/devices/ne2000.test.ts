import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/base/crc32.ts';
import { Ne2000 } from '../../../src/devices/ne2000.ts';
import { multicastHash } from '../../../src/devices/receive-filter.ts';

const BASE = 0x300;
const DATA = 0x310;
const RESET = 0x31f;
const MAC = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];
const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const GROUP = [0x01, 0x00, 0x5e, 0x00, 0x00, 0x01];
const [CR, PSTART, PSTOP, BNRY, TPSR, ISR, RCR, TCR, DCR, IMR] = [0, 1, 2, 3, 4, 7, 12, 13, 14, 15];
const [RX_START, RX_STOP] = [0x46, 0x80];

type Nic = Ne2000;
const out = (nic: Nic, register: number, value: number) => nic.writePort(BASE + register, 1, value);
const get = (nic: Nic, register: number) => nic.readPort(BASE + register, 1);
const word = (nic: Nic, register: number, value: number) => {
  out(nic, register, value & 0xff);
  out(nic, register + 1, value >> 8);
};
const page1 = (nic: Nic, register: number): number => {
  out(nic, CR, 0x62);
  const value = get(nic, register);
  out(nic, CR, 0x22);
  return value;
};

/** As a driver starts the card: words, ring from 0x46 to 0x7F, own frames and broadcasts. */
function started(receive = 0x04): Nic {
  const nic = new Ne2000(MAC);
  nic.writePort(RESET, 1, nic.readPort(RESET, 1));
  out(nic, CR, 0x21);
  out(nic, DCR, 0x49);
  out(nic, RCR, 0x20);
  out(nic, TCR, 0x02);
  out(nic, PSTART, RX_START);
  out(nic, PSTOP, RX_STOP);
  out(nic, BNRY, RX_START);
  out(nic, ISR, 0xff);
  out(nic, IMR, 0x3f);
  out(nic, CR, 0x61);
  MAC.forEach((byte, i) => {
    out(nic, 1 + i, byte);
  });
  out(nic, 7, RX_START + 1);
  out(nic, CR, 0x22);
  out(nic, TCR, 0);
  out(nic, RCR, receive);
  return nic;
}

function readMemory(nic: Nic, address: number, count: number): number[] {
  word(nic, 8, address);
  word(nic, 10, count);
  out(nic, CR, 0x0a);
  const words = Array.from({ length: count / 2 }, () => nic.readPort(DATA, 2));
  return words.flatMap((value) => [value & 0xff, value >> 8]);
}

function writeMemory(nic: Nic, address: number, bytes: Uint8Array): void {
  word(nic, 8, address);
  word(nic, 10, bytes.length);
  out(nic, CR, 0x12);
  for (let i = 0; i < bytes.length; i += 2)
    nic.writePort(DATA, 2, (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8));
}

const frameTo = (address: readonly number[], length = 60): Uint8Array => {
  const frame = Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff);
  frame.set(address);
  return frame;
};

describe('the NE2000’s memory', () => {
  it('begins with the station address, every byte doubled, and the mark of a 16-bit card', () => {
    const prom = readMemory(started(), 0, 32);
    expect(prom.slice(0, 12)).toEqual(MAC.flatMap((byte) => [byte, byte]));
    expect(prom.slice(28)).toEqual([0x57, 0x57, 0x57, 0x57]);
  });

  it('keeps what remote DMA wrote, by words, bytes and double words', () => {
    const nic = started();
    writeMemory(nic, 0x4000, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    expect(get(nic, ISR) & 0x40).toBe(0x40);
    word(nic, 8, 0x4000);
    word(nic, 10, 8);
    out(nic, CR, 0x0a);
    expect(nic.readPort(DATA, 4)).toBe(0x0403_0201);
    expect(nic.readPort(DATA, 4)).toBe(0x0807_0605);
    out(nic, DCR, 0x48);
    word(nic, 8, 0x4003);
    word(nic, 10, 2);
    out(nic, CR, 0x0a);
    expect([nic.readPort(DATA, 1), nic.readPort(DATA, 1)]).toEqual([4, 5]);
  });

  it('cannot be written below, and reads as ones outside', () => {
    const nic = started();
    writeMemory(nic, 0, Uint8Array.of(9, 9));
    expect(readMemory(nic, 0, 2)).toEqual([0x52, 0x52]);
    expect(readMemory(nic, 0x2000, 2)).toEqual([0xff, 0xff]);
  });

  it('moves nothing when no transfer runs', () => {
    const nic = started();
    writeMemory(nic, 0x4000, Uint8Array.of(1, 2));
    nic.writePort(DATA, 2, 0x0909);
    expect(nic.readPort(DATA, 2)).toBe(0xffff);
    expect(readMemory(nic, 0x4000, 4)).toEqual([1, 2, 0, 0]);
  });

  it('tells by interrupt when a transfer ends, one of nothing at once', () => {
    const nic = started();
    out(nic, IMR, 0x40);
    expect(nic.interrupt).toBe(false);
    word(nic, 10, 0);
    out(nic, CR, 0x0a);
    expect(nic.interrupt).toBe(true);
    out(nic, ISR, 0x40);
    expect(nic.interrupt).toBe(false);
  });
});

describe('sending', () => {
  it('puts the frame on the wire and reports it', () => {
    const nic = started();
    const frame = frameTo(BROADCAST, 100);
    writeMemory(nic, 0x4000, frame);
    out(nic, TPSR, 0x40);
    word(nic, 5, frame.length);
    out(nic, CR, 0x26);
    expect(nic.takeFrames()).toEqual([frame]);
    expect(nic.takeFrames()).toEqual([]);
    expect([get(nic, CR) & 0x04, get(nic, 4), nic.interrupt]).toEqual([0, 1, true]);
    expect(get(nic, ISR) & 0x02).toBe(0x02);
  });

  it('keeps frames off the wire in loop-back and while stopped', () => {
    const nic = started();
    word(nic, 5, 60);
    out(nic, TCR, 0x02);
    out(nic, CR, 0x26);
    expect([get(nic, ISR) & 0x02, nic.pending]).toEqual([0x02, 0]);
    out(nic, ISR, 0x02);
    out(nic, TCR, 0x00);
    out(nic, CR, 0x25);
    expect([get(nic, ISR) & 0x02, nic.pending]).toEqual([0, 0]);
  });
});

describe('receiving', () => {
  it('stores header, frame and check sequence, and moves CURR', () => {
    const nic = started();
    const frame = frameTo(MAC, 300);
    expect(nic.receive(frame)).toBe(true);
    expect([get(nic, ISR) & 1, nic.interrupt, page1(nic, 7)]).toEqual([1, true, RX_START + 3]);
    const stored = readMemory(nic, (RX_START + 1) << 8, 308);
    expect(stored.slice(0, 4)).toEqual([0x01, RX_START + 3, 304 & 0xff, 304 >> 8]);
    expect(stored.slice(4, 304)).toEqual([...frame]);
    const check = stored.slice(304).reduceRight((sum, byte) => sum * 256 + byte, 0);
    expect(check).toBe(crc32(frame));
  });

  it('goes on at PSTART after PSTOP, and so does the read', () => {
    const nic = started();
    out(nic, CR, 0x62);
    out(nic, 7, 0x7e);
    out(nic, CR, 0x22);
    out(nic, BNRY, 0x7d);
    const frame = frameTo(MAC, 1000);
    expect(nic.receive(frame)).toBe(true);
    expect(page1(nic, 7)).toBe(RX_START + 2);
    expect(readMemory(nic, 0x7e04, 1000)).toEqual([...frame]);
  });

  it.each([
    ['its own address', 0x00, MAC, true],
    ['a strange address', 0x0c, [2, 0, 0, 0, 0, 9], false],
    ['a strange address, promiscuous', 0x10, [2, 0, 0, 0, 0, 9], true],
    ['broadcast, refused', 0x00, BROADCAST, false],
    ['broadcast, accepted', 0x04, BROADCAST, true],
    ['a group whose bit is not set', 0x08, GROUP, false],
  ])('looks at the address: %s', (_name, receive, address, taken) => {
    const nic = started(receive);
    expect(nic.receive(frameTo(address))).toBe(taken);
    expect(page1(nic, 7)).toBe(taken ? RX_START + 2 : RX_START + 1);
  });

  it('takes the groups whose hash bit is set', () => {
    const nic = started(0x08);
    const hash = multicastHash(Uint8Array.from(GROUP));
    // The group of all hosts, worked out by the data sheet's shift register.
    expect(hash).toBe(0x1f);
    out(nic, CR, 0x62);
    out(nic, 8 + (hash >> 3), 1 << (hash & 7));
    out(nic, CR, 0x22);
    expect(nic.receive(frameTo(GROUP))).toBe(true);
    expect(get(nic, 12)).toBe(0x21);
  });

  it('takes nothing while stopped, in loop-back, or shorter than a frame can be', () => {
    const nic = started();
    expect(nic.receive(frameTo(MAC, 59))).toBe(false);
    out(nic, CR, 0x21);
    expect(nic.receive(frameTo(MAC))).toBe(false);
    out(nic, CR, 0x22);
    out(nic, TCR, 0x02);
    expect(nic.receive(frameTo(MAC))).toBe(false);
  });

  it('counts frames in monitor mode without storing them', () => {
    const nic = started(0x20);
    expect(nic.receive(frameTo(MAC))).toBe(false);
    expect([get(nic, 15), get(nic, 15), get(nic, ISR)]).toEqual([1, 0, 0]);
  });
});

describe('a full ring', () => {
  function full(): { nic: Nic; frames: number } {
    const nic = started();
    let frames = 0;
    while (nic.receive(frameTo(MAC, 240))) frames += 1;
    return { nic, frames };
  }

  it('reports the overflow, leaves what it holds, and misses what comes', () => {
    const { nic, frames } = full();
    expect(frames).toBe(RX_STOP - RX_START - 2);
    expect(get(nic, ISR) & 0x90).toBe(0x90);
    expect(nic.interrupt).toBe(true);
    expect(nic.receive(frameTo(MAC))).toBe(false);
    expect(get(nic, 15)).toBe(2);
    expect(readMemory(nic, ((RX_START + 1) << 8) + 4, 240)).toEqual([...frameTo(MAC, 240)]);
  });

  it('goes on after the recovery of the data sheet', () => {
    const { nic } = full();
    out(nic, CR, 0x21);
    word(nic, 10, 0);
    out(nic, TCR, 0x02);
    out(nic, CR, 0x22);
    out(nic, BNRY, RX_START + 10);
    out(nic, ISR, 0x10);
    out(nic, TCR, 0x00);
    expect(get(nic, ISR) & 0x90).toBe(0);
    expect(nic.receive(frameTo(MAC))).toBe(true);
  });

  it('says with a counter that is half full how many it missed', () => {
    const { nic } = full();
    for (let i = 0; i < 300; i++) nic.receive(frameTo(MAC));
    expect([get(nic, ISR) & 0x20, get(nic, 15)]).toEqual([0x20, 192]);
  });
});

describe('the command register', () => {
  it('shows the reset until the card is started', () => {
    const nic = started();
    nic.readPort(RESET, 1);
    expect([get(nic, CR), get(nic, ISR)]).toEqual([0x21, 0x80]);
    out(nic, CR, 0x22);
    expect(get(nic, ISR)).toBe(0);
    out(nic, CR, 0x21);
    expect(get(nic, ISR)).toBe(0x80);
  });

  it('reads the packet at BNRY with "send packet", and moves BNRY past it', () => {
    const nic = started();
    nic.receive(frameTo(MAC, 60));
    out(nic, BNRY, RX_START + 1);
    out(nic, CR, 0x1a);
    const words = Array.from({ length: 32 }, () => nic.readPort(DATA, 2));
    expect(words[0]).toBe(((RX_START + 2) << 8) | 0x01);
    expect([get(nic, ISR) & 0x40, get(nic, BNRY)]).toEqual([0x40, RX_START + 2]);
  });
});
