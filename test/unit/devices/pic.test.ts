import { describe, expect, it } from 'vitest';
import { Pic } from '../../../src/devices/pic.ts';

const MASTER = 0x20;
const SLAVE = 0xa0;
const END = 0x20;

const out = (pic: Pic, port: number, ...values: number[]) => {
  for (const value of values) pic.writePort(port, 1, value);
};

/** As a PC kernel sets them up: vectors 0x20 to 0x2F, nothing masked. */
function ready(icw4 = 0x01): Pic {
  const pic = new Pic();
  out(pic, MASTER, 0x11);
  out(pic, MASTER + 1, 0x20, 0x04, icw4, 0);
  out(pic, SLAVE, 0x11);
  out(pic, SLAVE + 1, 0x28, 0x02, 0x01, 0);
  return pic;
}

function pulse(pic: Pic, irq: number): void {
  pic.raise(irq);
  pic.lower(irq);
}

const inService = (pic: Pic, base: number): number => {
  out(pic, base, 0x0b);
  return pic.readPort(base, 1);
};
const requested = (pic: Pic, base: number): number => {
  out(pic, base, 0x0a);
  return pic.readPort(base, 1);
};

describe('the PIC pair', () => {
  it('delivers one vector for an edge, however long the line stays up', () => {
    const pic = ready();
    pic.raise(4);
    pic.raise(4);
    expect(pic.acknowledge()).toBe(0x24);
    out(pic, MASTER, END);
    expect(pic.hasInterrupt()).toBe(false);
    pic.lower(4);
    pic.raise(4);
    expect(pic.hasInterrupt()).toBe(true);
  });

  it('keeps a latched edge after the line fell', () => {
    const pic = ready();
    pulse(pic, 0);
    expect(requested(pic, MASTER)).toBe(0x01);
    expect(pic.acknowledge()).toBe(0x20);
    expect(requested(pic, MASTER)).toBe(0);
  });

  it('passes slave interrupts through line 2 and serves both chips', () => {
    const pic = ready();
    pulse(pic, 9);
    expect(requested(pic, MASTER)).toBe(0x04);
    expect(pic.acknowledge()).toBe(0x29);
    expect([inService(pic, MASTER), inService(pic, SLAVE)]).toEqual([0x04, 0x02]);
    out(pic, SLAVE, END);
    out(pic, MASTER, END);
    expect([inService(pic, MASTER), inService(pic, SLAVE)]).toEqual([0, 0]);
  });

  it('nests by priority: a higher line interrupts, a lower one waits for the end', () => {
    const pic = ready();
    pulse(pic, 4);
    pic.acknowledge();
    pulse(pic, 6);
    expect(pic.hasInterrupt()).toBe(false);
    pulse(pic, 1);
    expect(pic.acknowledge()).toBe(0x21);
    out(pic, MASTER, END);
    expect(inService(pic, MASTER)).toBe(0x10);
    out(pic, MASTER, 0x64);
    expect(pic.acknowledge()).toBe(0x26);
  });

  it('holds back masked lines without forgetting them', () => {
    const pic = ready();
    out(pic, MASTER + 1, 0x10);
    pulse(pic, 4);
    expect(pic.hasInterrupt()).toBe(false);
    out(pic, MASTER + 1, 0);
    expect(pic.acknowledge()).toBe(0x24);
  });

  it('gives the spurious vectors 7 and 15 for a request that went away, with nothing in service', () => {
    const pic = ready();
    out(pic, 0x4d0, 0x10);
    pic.raise(4);
    pic.lower(4);
    expect(pic.acknowledge()).toBe(0x27);
    expect(inService(pic, MASTER)).toBe(0);
    pulse(pic, 9);
    out(pic, SLAVE + 1, 0xff);
    // The master latched the slave's edge already.
    expect(pic.acknowledge()).toBe(0x2f);
    expect([inService(pic, MASTER), inService(pic, SLAVE)]).toEqual([0x04, 0]);
  });

  it('asks again for a level-triggered line until it falls', () => {
    const pic = ready();
    out(pic, 0x4d1, 0xff);
    expect(pic.readPort(0x4d1, 1)).toBe(0xde);
    pic.raise(9);
    expect(pic.acknowledge()).toBe(0x29);
    out(pic, SLAVE, END);
    out(pic, MASTER, END);
    expect(pic.acknowledge()).toBe(0x29);
    pic.lower(9);
    out(pic, SLAVE, END);
    out(pic, MASTER, END);
    expect(pic.hasInterrupt()).toBe(false);
  });

  it('takes all lines by level with LTIM, and edges again without it', () => {
    const pic = ready();
    pic.raise(5);
    out(pic, MASTER, 0x19);
    out(pic, MASTER + 1, 0x20, 0x04, 0x01);
    expect(requested(pic, MASTER)).toBe(0x20);
    out(pic, MASTER, 0x11);
    out(pic, MASTER + 1, 0x20, 0x04, 0x01);
    expect(requested(pic, MASTER)).toBe(0);
  });

  it('ends by itself in automatic mode, rotating if told so', () => {
    const pic = ready(0x03);
    out(pic, MASTER, 0x80);
    pulse(pic, 3);
    pulse(pic, 4);
    expect(pic.acknowledge()).toBe(0x23);
    expect(inService(pic, MASTER)).toBe(0);
    pulse(pic, 3);
    // Line 3 is the lowest now.
    expect(pic.acknowledge()).toBe(0x24);
    expect(pic.acknowledge()).toBe(0x23);
  });

  it('rotates priorities by command', () => {
    const pic = ready();
    out(pic, MASTER, 0xc4);
    pulse(pic, 0);
    pulse(pic, 5);
    expect(pic.acknowledge()).toBe(0x25);
    out(pic, MASTER, 0xa0);
    pulse(pic, 5);
    pulse(pic, 6);
    expect(pic.acknowledge()).toBe(0x26);
  });

  it('lets lower lines in while a masked one is in service, in special mask mode', () => {
    const pic = ready();
    pulse(pic, 3);
    pic.acknowledge();
    out(pic, MASTER + 1, 0x08);
    out(pic, MASTER, 0x68);
    pulse(pic, 6);
    expect(pic.acknowledge()).toBe(0x26);
    // The end passes over the masked line 3 and reaches line 6.
    out(pic, MASTER, END);
    expect(inService(pic, MASTER)).toBe(0x08);
  });

  it('lets the slave interrupt itself in special fully nested mode', () => {
    const pic = ready(0x11);
    pulse(pic, 12);
    expect(pic.acknowledge()).toBe(0x2c);
    pulse(pic, 8);
    expect(pic.acknowledge()).toBe(0x28);
  });

  it('answers the poll command once, as an acknowledgement', () => {
    const pic = ready();
    pulse(pic, 6);
    out(pic, MASTER, 0x0c);
    expect(pic.readPort(MASTER, 1)).toBe(0x86);
    expect(inService(pic, MASTER)).toBe(0x40);
    out(pic, MASTER, 0x0c);
    expect(pic.readPort(MASTER, 1)).toBe(0);
  });

  it('starts anew with ICW1: mask and service gone, a line that is up must rise again', () => {
    const pic = ready();
    pic.raise(4);
    pic.acknowledge();
    out(pic, MASTER + 1, 0xff);
    out(pic, MASTER, 0x11);
    out(pic, MASTER + 1, 0x40, 0x04, 0x01);
    expect([pic.readPort(MASTER + 1, 1), inService(pic, MASTER)]).toEqual([0, 0]);
    expect(pic.hasInterrupt()).toBe(false);
    pic.lower(4);
    pic.raise(4);
    expect(pic.acknowledge()).toBe(0x44);
  });

  it('skips ICW3 alone and ICW4 unasked for', () => {
    const pic = new Pic();
    out(pic, MASTER, 0x12);
    out(pic, MASTER + 1, 0x60, 0xfe);
    expect(pic.readPort(MASTER + 1, 1)).toBe(0xfe);
    pulse(pic, 0);
    expect(pic.acknowledge()).toBe(0x60);
  });
});
