import { describe, expect, it } from 'vitest';
import { duration, instant } from '../../../src/base/units.ts';
import { ARP_TIMES, LearnedTable, SWITCH_TIMES } from '../../../src/net/learned-table.ts';

const TIMES = { ageing: duration(100), stale: duration(0) };

describe('a learned table', () => {
  it('forgets an entry when nothing has confirmed it for the ageing time, and not before', () => {
    const table = new LearnedTable<string, number>(TIMES);
    table.hear(instant(0), 'a', 1);
    expect(table.age(instant(99))).toEqual([]);
    expect(table.lookup('a')).toBe(1);
    expect(table.age(instant(100))).toMatchObject([{ key: 'a', value: 1 }]);
    expect([table.lookup('a'), table.size]).toEqual([undefined, 0]);
  });

  it('keeps an entry that is confirmed, though others go', () => {
    const table = new LearnedTable<string, number>(TIMES);
    table.hear(instant(0), 'a', 1);
    table.hear(instant(0), 'b', 2);
    expect(table.hear(instant(60), 'a', 1)).toBe(false);
    expect(table.age(instant(120)).map(({ key }) => key)).toEqual(['b']);
    expect(table.lookup('a')).toBe(1);
  });

  it('moves an entry at once unless it is told to be slow', () => {
    const table = new LearnedTable<string, number>(TIMES);
    table.hear(instant(0), 'a', 1);
    expect(table.hear(instant(1), 'a', 2)).toBe(true);
    expect(table.lookup('a')).toBe(2);
  });

  it('holds on to a stale entry for its time after the first contradiction', () => {
    const table = new LearnedTable<string, number>({ ...TIMES, stale: duration(30) });
    table.hear(instant(0), 'a', 1);
    expect([10, 20, 39].map((at) => table.hear(instant(at), 'a', 2))).toEqual([
      false,
      false,
      false,
    ]);
    expect(table.lookup('a')).toBe(1);
    expect(table.hear(instant(40), 'a', 2)).toBe(true);
    expect(table.lookup('a')).toBe(2);
  });

  it('starts anew to be slow when the old entry is confirmed in between', () => {
    const table = new LearnedTable<string, number>({ ...TIMES, stale: duration(30) });
    table.hear(instant(0), 'a', 1);
    table.hear(instant(10), 'a', 2);
    table.hear(instant(20), 'a', 1);
    expect(table.hear(instant(41), 'a', 2)).toBe(false);
  });

  it('lets a contradicted entry age from when it was last confirmed', () => {
    const table = new LearnedTable<string, number>({ ...TIMES, stale: duration(1000) });
    table.hear(instant(0), 'a', 1);
    table.hear(instant(90), 'a', 2);
    expect(table.age(instant(100)).map(({ key }) => key)).toEqual(['a']);
    expect(table.hear(instant(100), 'a', 2)).toBe(true);
  });

  it('goes on from its saved entries', () => {
    const table = new LearnedTable<string, number>({ ...TIMES, stale: duration(30) });
    table.hear(instant(0), 'a', 1);
    table.hear(instant(10), 'a', 2);
    const restored = new LearnedTable({ ...TIMES, stale: duration(30) }, table.entries());
    expect(restored.hear(instant(40), 'a', 2)).toBe(true);
  });

  it('has the times of real systems by default', () => {
    expect([SWITCH_TIMES.ageing, ARP_TIMES.ageing]).toEqual([300e9, 60e9]);
  });
});
