import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/base/prng.ts';
import { instant, NEVER } from '../../../src/base/units.ts';
import { spanOf } from '../../../src/devices/pit-clock.ts';
import { PcBus } from '../../../src/machine/pc-bus.ts';

const MAC = [0x52, 0x54, 0, 1, 2, 3];
const CONFIG = { epochSeconds: 0, ramBytes: 16 << 20, mac: MAC };
const NIC = 0x300;
const UART = 0x3f8;

/** A bus under a clock that the test sets. */
function create() {
  const clock = { now: 0, attentions: 0 };
  const bus = new PcBus(CONFIG, {
    now: () => instant(clock.now),
    attention: () => {
      clock.attentions += 1;
    },
  });
  return { bus, clock };
}

const out = (bus: PcBus, port: number, ...values: number[]) => {
  for (const value of values) bus.write(port, 1, value);
};

/** Vectors from 0x20, the timer at `count`, automatic end of interrupt. */
function startTimer(bus: PcBus, count: number): void {
  out(bus, 0x20, 0x11);
  out(bus, 0x21, 0x20, 0x04, 0x03, 0x00);
  out(bus, 0x43, 0x34);
  out(bus, 0x40, count & 0xff, count >> 8);
}

/** Acknowledges whatever waits, as a processor with interrupts on; gives how many there were. */
function serve(bus: PcBus): number {
  let served = 0;
  while (bus.hasInterrupt()) {
    bus.acknowledge();
    served += 1;
  }
  return served;
}

describe('the ports', () => {
  it('belong to one device each, the rest to none', () => {
    const { bus } = create();
    expect(bus.read(0x80, 1)).toBeUndefined();
    expect(bus.write(0x80, 1, 0)).toBe(false);
    expect(bus.ports.length).toBeGreaterThan(0);
    for (const { first, count } of bus.ports) {
      expect(bus.read(first, 1)).toBeDefined();
      expect(bus.read(first + count - 1, 1)).toBeDefined();
    }
  });

  it('take wide accesses apart, but not at the data port of the NIC', () => {
    const { bus } = create();
    bus.write(UART + 3, 2, 0x0803);
    expect(bus.read(UART + 3, 2)).toBe(0x0803);
    expect(bus.read(0x21, 2)).toBe(0xff00 | 0xb8);
    expect(bus.read(UART + 4, 4)).toBe(0x00b0_6008);
    out(bus, NIC + 14, 0x49);
    out(bus, NIC + 10, 4);
    out(bus, NIC + 11, 0);
    out(bus, NIC + 8, 0);
    out(bus, NIC, 0x0a);
    expect(bus.read(NIC + 16, 4)).toBe(0x5454_5252);
  });

  it('carry debug output, serial output and frames out, and say so once', () => {
    const { bus, clock } = create();
    bus.takeProduced();
    const before = clock.attentions;
    out(bus, 0xe9, 0x41);
    out(bus, UART, 0x42);
    expect(clock.attentions).toBe(before + 2);
    expect([bus.takeProduced(), bus.takeProduced()]).toEqual([true, false]);
    const { debug, serial, frames } = bus.takeOutput();
    expect([[...debug], [...serial], frames]).toEqual([[0x41], [0x42], []]);
  });

  it('end the run at the exit port', () => {
    const { bus, clock } = create();
    bus.write(0xf4, 4, 0x21);
    expect([bus.exitCode, clock.attentions]).toEqual([0x43, 1]);
  });
});

describe('the interrupt lines', () => {
  it('bring the timer through the firmware’s settings: vector 8, 18.2 times a second', () => {
    const { bus } = create();
    expect(bus.hasInterrupt()).toBe(false);
    expect(bus.nextEvent()).toBe(spanOf(65_535));
    bus.advance(instant(spanOf(65_536)));
    expect(bus.acknowledge()).toBe(0x08);
  });

  it('bring every device to its vector', () => {
    const { bus, clock } = create();
    out(bus, 0x20, 0x11);
    out(bus, 0x21, 0x20, 0x04, 0x01, 0x00);
    out(bus, 0xa0, 0x11);
    out(bus, 0xa1, 0x28, 0x02, 0x01, 0x00);
    const ended = () => {
      const vector = bus.acknowledge();
      out(bus, 0xa0, 0x20);
      out(bus, 0x20, 0x20);
      return vector;
    };
    out(bus, UART + 1, 0x01);
    expect(bus.receiveSerial(0x41)).toBe(true);
    expect(ended()).toBe(0x24);
    out(bus, 0x70, 0x0b);
    out(bus, 0x71, 0x42);
    clock.now = 1_000_000;
    bus.advance(instant(clock.now));
    expect(ended()).toBe(0x28);
    out(bus, NIC + 1, 0x46);
    out(bus, NIC + 2, 0x80);
    out(bus, NIC + 12, 0x14);
    out(bus, NIC + 15, 0x01);
    out(bus, NIC, 0x22);
    expect(bus.receiveFrame(new Uint8Array(60).fill(0xff))).toBe(true);
    expect(ended()).toBe(0x29);
  });

  it('call for attention when an interrupt or a nearer event comes up, and only then', () => {
    const { bus, clock } = create();
    startTimer(bus, 11_932);
    serve(bus);
    clock.attentions = 0;
    bus.read(0x40, 1);
    expect(clock.attentions).toBe(0);
    out(bus, 0x40, 0, 0);
    out(bus, 0x43, 0x30);
    expect(clock.attentions).toBe(0);
    out(bus, 0x40, 1, 0);
    expect(clock.attentions).toBe(1);
    expect(bus.nextEvent()).toBe(spanOf(1));
    out(bus, UART + 4, 0x08);
    out(bus, UART + 1, 0x02);
    expect(clock.attentions).toBe(2);
  });
});

describe('time', () => {
  const END = 200_000_000;
  const TICKS = 99;

  it('brings as many ticks as periods, however the time is cut', () => {
    let cuts = 0;
    for (let seed = 1; seed <= 5; seed++) {
      const random = Prng.stream(seed, 'cuts');
      const { bus } = create();
      startTimer(bus, 2400);
      let ticks = -serve(bus);
      let now = 0;
      let served = 0;
      while (now < END) {
        now = Math.min(END, now + 1 + random.below(1_500_000), bus.nextEvent());
        bus.advance(instant(now));
        served += serve(bus);
        cuts += 1;
      }
      ticks += served;
      expect(served).toBe(TICKS);
      expect(ticks).toBeLessThanOrEqual(TICKS);
    }
    expect(cuts).toBeGreaterThan(500);
  });

  it('loses no edge of a period that is shorter than the step', () => {
    const { bus } = create();
    startTimer(bus, 10);
    serve(bus);
    bus.advance(instant(1_000_000));
    expect(serve(bus)).toBe(1);
    expect(bus.nextEvent()).toBeGreaterThan(1_000_000);
    expect(bus.nextEvent()).toBeLessThanOrEqual(1_000_000 + spanOf(10));
  });

  it('goes on in a restored machine, with every tick once and none twice', () => {
    const random = Prng.stream(7, 'moves');
    let { bus } = create();
    startTimer(bus, 2400);
    serve(bus);
    let served = 0;
    let now = 0;
    while (now < END) {
      now = Math.min(END, now + 1 + random.below(1_500_000), bus.nextEvent());
      bus.advance(instant(now));
      // Moved with the tick still waiting in the PIC.
      const state = structuredClone(bus.save());
      const moved = create();
      moved.bus.restore(state);
      expect(isDeepStrictEqual(moved.bus.save(), state)).toBe(true);
      expect([moved.bus.nextEvent(), moved.bus.hasInterrupt()]).toEqual([
        bus.nextEvent(),
        bus.hasInterrupt(),
      ]);
      moved.clock.now = now;
      bus = moved.bus;
      served += serve(bus);
    }
    expect(served).toBe(TICKS);
  });

  it('has no event when nothing is set up to happen', () => {
    const { bus } = create();
    out(bus, 0x43, 0x30);
    expect(bus.nextEvent()).toBe(NEVER);
  });
});
