import { describe, expect, it } from 'vitest';
import { instant, NEVER } from '../../../src/base/units.ts';
import { dayOf, daysOf } from '../../../src/devices/calendar.ts';
import { Cmos } from '../../../src/devices/cmos.ts';

const SECOND = 1_000_000_000;
/** 2024-02-29 23:59:58, a Thursday. */
const LEAP_DAY = 1_709_251_198;
const [A, B, C] = [0x0a, 0x0b, 0x0c] as const;

const create = (epochSeconds = LEAP_DAY) => new Cmos({ epochSeconds, ramBytes: 64 << 20 });
const get = (cmos: Cmos, index: number): number => {
  cmos.writePort(0x70, 1, index);
  return cmos.readPort(0x71, 1);
};
const set = (cmos: Cmos, index: number, value: number) => {
  cmos.writePort(0x70, 1, index);
  cmos.writePort(0x71, 1, value);
};
/** Century, year, month, day, weekday, hour, minute, second as hexadecimal digits. */
const shown = (cmos: Cmos): string =>
  [0x32, 9, 8, 7, 6, 4, 2, 0]
    .map((index) => get(cmos, index).toString(16).padStart(2, '0'))
    .join(' ');

describe('the calendar', () => {
  it('knows the days of four hundred years, there and back', () => {
    let expected = new Date(Date.UTC(1900, 0, 1));
    const first = daysOf({ year: 1900, month: 1, day: 1 });
    let wrong = 0;
    for (let days = first; days < first + 146_097; days++) {
      const { year, month, day } = dayOf(days);
      const equal =
        year === expected.getUTCFullYear() &&
        month === expected.getUTCMonth() + 1 &&
        day === expected.getUTCDate();
      if (!equal || daysOf({ year, month, day }) !== days) wrong += 1;
      expected = new Date(expected.getTime() + 86_400_000);
    }
    expect(wrong).toBe(0);
  });
});

describe('the clock', () => {
  it('shows the scenario’s date plus guest time, in BCD and 24 hours', () => {
    const cmos = create();
    expect(shown(cmos)).toBe('20 24 02 29 05 23 59 58');
    cmos.advance(instant(2 * SECOND));
    expect(shown(cmos)).toBe('20 24 03 01 06 00 00 00');
  });

  it('shows binary and 12 hours where register B says so', () => {
    const cmos = create();
    set(cmos, B, 0x04);
    expect([get(cmos, 4), get(cmos, 2)]).toEqual([0x80 | 11, 59]);
    cmos.advance(instant(2 * SECOND));
    expect(get(cmos, 4)).toBe(12);
  });

  it('says for 244 µs before each second that it is about to change', () => {
    const cmos = create();
    expect(get(cmos, A) & 0x80).toBe(0);
    cmos.advance(instant(SECOND - 244_141));
    expect(get(cmos, A) & 0x80).toBe(0x80);
    cmos.advance(instant(SECOND));
    expect(get(cmos, A) & 0x80).toBe(0);
  });

  it('stands while it is set, field by field, and goes on from there', () => {
    const cmos = create();
    set(cmos, B, 0x82);
    const fields: [number, number][] = [
      [0, 0x50],
      [2, 0x30],
      [4, 0x12],
      [7, 0x31],
      [8, 0x12],
      [9, 0x99],
      [0x32, 0x19],
    ];
    for (const [index, value] of fields) set(cmos, index, value);
    cmos.advance(instant(100 * SECOND));
    expect(get(cmos, 0)).toBe(0x50);
    set(cmos, B, 0x02);
    cmos.advance(instant(111 * SECOND));
    expect(shown(cmos)).toBe('19 99 12 31 06 12 31 01');
  });

  it('takes a single field while it runs', () => {
    const cmos = create();
    set(cmos, 2, 0x07);
    expect(shown(cmos)).toBe('20 24 02 29 05 23 07 58');
  });
});

describe('the interrupts of the clock', () => {
  it('come with the period of register A, once until register C is read', () => {
    const cmos = create();
    set(cmos, B, 0x42);
    expect(cmos.nextEvent()).toBe(976_563);
    cmos.advance(cmos.nextEvent());
    expect([cmos.interrupt, cmos.nextEvent()]).toEqual([true, NEVER]);
    expect([get(cmos, C), get(cmos, C), cmos.interrupt]).toEqual([0xc0, 0, false]);
    expect(cmos.nextEvent()).toBe(1_953_125);
  });

  it('come with every second when updates are asked for', () => {
    const cmos = create();
    set(cmos, B, 0x12);
    expect(cmos.nextEvent()).toBe(SECOND);
    cmos.advance(instant(SECOND));
    expect(get(cmos, C) & 0x90).toBe(0x90);
  });

  it('come at the alarm, whose fields may be left open', () => {
    const cmos = create();
    const alarm = (hour: number, minute: number, second: number) => {
      for (const [index, value] of [
        [5, hour],
        [3, minute],
        [1, second],
      ] as const)
        set(cmos, index, value);
      return cmos.nextEvent();
    };
    set(cmos, B, 0x22);
    expect(alarm(0x00, 0x00, 0x05)).toBe(7 * SECOND);
    expect(alarm(0xff, 0xff, 0xff)).toBe(SECOND);
    expect(alarm(0xff, 0x01, 0x00)).toBe(62 * SECOND);
    expect(alarm(0x23, 0x59, 0x58)).toBe(86_400 * SECOND);
    expect(alarm(0x99, 0x00, 0x00)).toBe(NEVER);
    alarm(0x00, 0x00, 0x05);
    cmos.advance(instant(7 * SECOND));
    expect([cmos.interrupt, get(cmos, C) & 0xa0]).toEqual([true, 0xa0]);
  });

  it('stay away unless asked for', () => {
    const cmos = create();
    expect(cmos.nextEvent()).toBe(NEVER);
    cmos.advance(instant(10 * SECOND));
    // Period, update, and the alarm at midnight that zeros mean.
    expect([cmos.interrupt, get(cmos, C)]).toEqual([false, 0x70]);
  });
});

describe('the CMOS memory', () => {
  it('has the sizes of memory that a BIOS leaves', () => {
    const cmos = create();
    const word = (low: number) => get(cmos, low) | (get(cmos, low + 1) << 8);
    expect([word(0x15), word(0x17), word(0x30), word(0x34)]).toEqual([640, 64_512, 64_512, 768]);
  });

  it('keeps what is written, and not what cannot be', () => {
    const cmos = create();
    set(cmos, 0x40, 0x5a);
    set(cmos, 0x0d, 0);
    expect([get(cmos, 0x40), get(cmos, 0xc0), get(cmos, 0x0d)]).toEqual([0x5a, 0x5a, 0x80]);
  });
});
