import { describe, expect, it } from 'vitest';
import { type Instant, instant, NEVER } from '../../../src/base/units.ts';
import { Pit } from '../../../src/devices/pit.ts';
import { PIT_HZ, spanOf, ticksIn } from '../../../src/devices/pit-clock.ts';

const CONTROL = 0x43;
const SPEAKER = 0x61;

const out = (pit: Pit, port: number, ...values: number[]) => {
  for (const value of values) pit.writePort(port, 1, value);
};
const word = (pit: Pit, port: number): number =>
  pit.readPort(port, 1) | (pit.readPort(port, 1) << 8);
/** The first moment at which so many ticks have passed. */
const tick = (count: number): Instant => instant(spanOf(count));

/** In the middle of a tick, so that a nanosecond of rounding does not matter. */
const within = (count: number): Instant => instant(spanOf(count) + 400);

/** Counter 0, 1 or 2 in a mode, loaded at time 0 with its gate up. */
function counting(counter: number, mode: number, count: number, bcd = 0): Pit {
  const pit = new Pit();
  out(pit, SPEAKER, 1);
  out(pit, CONTROL, (counter << 6) | 0x30 | (mode << 1) | bcd);
  out(pit, 0x40 + counter, count & 0xff, count >> 8);
  return pit;
}

function latched(pit: Pit, counter: number, ticks: number): number {
  pit.advance(within(ticks));
  out(pit, CONTROL, counter << 6);
  return word(pit, 0x40 + counter);
}

const status = (pit: Pit, counter: number): number => {
  out(pit, CONTROL, 0xe0 | (2 << counter));
  return pit.readPort(0x40 + counter, 1);
};

/** The counter's output in each of the first ticks, as the status shows it. */
const outputs = (pit: Pit, counter: number, ticks: number): string =>
  Array.from({ length: ticks }, (_, i) => {
    pit.advance(tick(i));
    return status(pit, counter) & 0x80 ? '1' : '0';
  }).join('');

/** Moments in (from, to] at which IRQ 0 rises, stepping from event to event. */
function edges(pit: Pit, to: Instant): Instant[] {
  const found: Instant[] = [];
  while (pit.nextEvent() <= to) {
    const at = pit.nextEvent();
    const before = pit.interrupt;
    pit.advance(at);
    expect(pit.interrupt).toBe(!before);
    if (pit.interrupt) found.push(at);
  }
  return found;
}

describe('the PIT clock', () => {
  it('has the shortest span for every number of ticks, near and far', () => {
    const counts = [0, 1, 2, 3, 65_535, PIT_HZ - 1, PIT_HZ, PIT_HZ + 1, PIT_HZ * 86_400 * 30 + 7];
    for (const count of counts) {
      expect(ticksIn(spanOf(count))).toBe(count);
      expect(count === 0 || ticksIn(spanOf(count) - 1) === count - 1).toBe(true);
    }
  });

  it('agrees with exact fractions', () => {
    for (let ns = 1; ns < 1e15; ns = ns * 7 + 13) {
      expect(BigInt(ticksIn(ns))).toBe((BigInt(ns) * BigInt(PIT_HZ)) / 1_000_000_000n);
    }
  });
});

describe('the modes of a counter', () => {
  it('0 is low until the count ends, and stays high', () => {
    expect(outputs(counting(2, 0, 5), 2, 9)).toBe('000001111');
  });

  it('1 is low for the count after each rise of the gate', () => {
    const pit = counting(2, 1, 4);
    expect(outputs(pit, 2, 3)).toBe('111');
    out(pit, SPEAKER, 0);
    out(pit, SPEAKER, 1);
    const shots = Array.from({ length: 6 }, (_, i) => {
      pit.advance(within(3 + i));
      return status(pit, 2) >> 7;
    });
    expect(shots).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('2 is low in the last tick of each period', () => {
    expect(outputs(counting(2, 2, 4), 2, 12)).toBe('111011101110');
  });

  it('3 is high for one tick more when the period is odd', () => {
    expect(outputs(counting(2, 3, 4), 2, 8)).toBe('11001100');
    expect(outputs(counting(2, 3, 5), 2, 10)).toBe('1110011100');
  });

  it('4 is low in the one tick after the count ends', () => {
    expect(outputs(counting(2, 4, 3), 2, 8)).toBe('11101111');
  });

  it('5 is mode 4 started by the gate', () => {
    const pit = counting(2, 5, 3);
    out(pit, SPEAKER, 0);
    out(pit, SPEAKER, 1);
    expect(outputs(pit, 2, 8)).toBe('11101111');
  });

  it('6 and 7 are 2 and 3', () => {
    expect(outputs(counting(2, 6, 4), 2, 8)).toBe('11101110');
    expect(outputs(counting(2, 7, 4), 2, 8)).toBe('11001100');
  });
});

describe('the count', () => {
  it('counts down once in mode 0 and wraps', () => {
    const pit = counting(0, 0, 3);
    expect([0, 1, 2, 3, 4].map((at) => latched(pit, 0, at))).toEqual([3, 2, 1, 0, 0xffff]);
  });

  it('reloads in mode 2, and goes by twos in mode 3', () => {
    const rate = counting(0, 2, 3);
    expect([0, 1, 2, 3].map((at) => latched(rate, 0, at))).toEqual([3, 2, 1, 3]);
    const even = counting(0, 3, 6);
    expect([0, 1, 2, 3].map((at) => latched(even, 0, at))).toEqual([6, 4, 2, 6]);
    const odd = counting(0, 3, 5);
    expect([0, 1, 2, 3, 4, 5].map((at) => latched(odd, 0, at))).toEqual([4, 2, 0, 4, 2, 4]);
  });

  it('means 65,536 by 0, or 10,000 in BCD', () => {
    expect(latched(counting(0, 2, 0), 0, 1)).toBe(0xffff);
    const decimal = counting(0, 0, 0, 1);
    expect([0, 1, 10_000].map((at) => latched(decimal, 0, at))).toEqual([0, 0x9999, 0]);
    expect(latched(counting(0, 2, 0x1234, 1), 0, 35)).toBe(0x1199);
  });

  it('stays latched until it is read, while the counter goes on', () => {
    const pit = counting(0, 0, 1000);
    out(pit, CONTROL, 0x00);
    pit.advance(tick(100));
    out(pit, CONTROL, 0x00);
    expect(word(pit, 0x40)).toBe(1000);
    expect(word(pit, 0x40)).toBe(900);
  });

  it('is read and written by single bytes where the control word says so', () => {
    const pit = new Pit();
    out(pit, CONTROL, 0x14);
    out(pit, 0x40, 7);
    expect([pit.readPort(0x40, 1), pit.readPort(0x40, 1)]).toEqual([7, 7]);
    out(pit, CONTROL, 0x24);
    out(pit, 0x40, 7);
    expect([pit.readPort(0x40, 1), pit.readPort(0x40, 1)]).toEqual([7, 7]);
    out(pit, CONTROL, 0x00);
    expect(pit.readPort(0x40, 1)).toBe(7);
  });

  it('is read back with the status before it', () => {
    const pit = counting(0, 2, 0x1234);
    out(pit, CONTROL, 0xc2);
    expect(pit.readPort(0x40, 1)).toBe(0xb4);
    expect(word(pit, 0x40)).toBe(0x1234);
  });

  it('shows in the status whether it was loaded yet', () => {
    const pit = new Pit();
    out(pit, CONTROL, 0x34);
    expect(status(pit, 0)).toBe(0xf4);
    out(pit, 0x40, 10, 0);
    expect(status(pit, 0)).toBe(0xb4);
    pit.advance(tick(3));
    out(pit, 0x40, 20, 0);
    expect(status(pit, 0)).toBe(0xf4);
    pit.advance(tick(10));
    expect(status(pit, 0)).toBe(0xb4);
  });

  it('takes over at the end of the period in mode 2, of the half period in mode 3', () => {
    const rate = counting(0, 2, 10);
    rate.advance(tick(3));
    out(rate, 0x40, 4, 0);
    expect(edges(rate, tick(19))).toEqual([10, 14, 18].map(tick));
    const square = counting(2, 3, 10);
    square.advance(tick(1));
    out(square, 0x42, 4, 0);
    const shown = Array.from({ length: 12 }, (_, i) => {
      square.advance(tick(i + 1));
      return status(square, 2) >> 7;
    });
    expect(shown.join('')).toBe('111100110011');
  });

  it('stands still in mode 0 while the gate is low', () => {
    const pit = counting(2, 0, 100);
    pit.advance(tick(30));
    out(pit, SPEAKER, 0);
    expect(latched(pit, 2, 1000)).toBe(70);
    out(pit, SPEAKER, 1);
    const resumed = within(1000);
    pit.advance(instant(resumed + spanOf(70) - 1));
    expect(pit.readPort(SPEAKER, 1) & 0x20).toBe(0);
    pit.advance(instant(resumed + spanOf(70)));
    expect(pit.readPort(SPEAKER, 1) & 0x20).toBe(0x20);
    expect(word(pit, 0x42)).toBe(0);
  });

  it('starts anew in mode 2 when the gate rises', () => {
    const pit = counting(2, 2, 100);
    pit.advance(tick(30));
    out(pit, SPEAKER, 0);
    out(pit, SPEAKER, 1);
    expect(latched(pit, 2, 31)).toBe(99);
  });
});

describe('IRQ 0', () => {
  it('rises once in a period, a thousand times without drift', () => {
    const pit = counting(0, 2, 11_932);
    const found = edges(pit, instant(10_000_000_000));
    expect(found.length).toBe(999);
    found.forEach((at, i) => {
      expect(at).toBe(spanOf(11_932 * (i + 1)));
    });
  });

  it('rises as often in mode 3, and once in modes 0 and 4', () => {
    expect(edges(counting(0, 3, 1000), tick(10_500)).length).toBe(10);
    expect(edges(counting(0, 0, 1000), tick(100_000))).toEqual([tick(1000)]);
    expect(edges(counting(0, 4, 1000), tick(100_000))).toEqual([tick(1001)]);
  });

  it('does not move for a period of one tick, a waiting counter, or half a count', () => {
    expect(counting(0, 2, 1).nextEvent()).toBe(NEVER);
    expect(counting(0, 1, 10).nextEvent()).toBe(NEVER);
    const pit = counting(0, 0, 10);
    out(pit, 0x40, 5);
    expect(pit.nextEvent()).toBe(NEVER);
    expect(pit.interrupt).toBe(false);
  });

  it('rises at the same moments whether or not it was saved and restored in between', () => {
    const stayed = counting(0, 2, 997);
    const expected = edges(stayed, tick(50_000));
    const first = counting(0, 2, 997);
    const before = edges(first, tick(20_000));
    first.advance(tick(20_500));
    const second = new Pit();
    second.restore(structuredClone(first.save()));
    expect([...before, ...edges(second, tick(50_000))]).toEqual(expected);
  });
});

describe('port 0x61', () => {
  it('keeps the gate and speaker bits, and turns the refresh bit over every 18 ticks', () => {
    const pit = new Pit();
    out(pit, SPEAKER, 0xff);
    expect(pit.readPort(SPEAKER, 1) & 0x03).toBe(0x03);
    const toggles = [17, 18, 36, 54].map((at) => {
      pit.advance(tick(at));
      return pit.readPort(SPEAKER, 1) & 0x10;
    });
    expect(toggles).toEqual([0, 0x10, 0, 0x10]);
  });
});
