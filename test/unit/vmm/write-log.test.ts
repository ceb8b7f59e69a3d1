import { describe, expect, it } from 'vitest';
import { duration, gfn } from '../../../src/base/units.ts';
import { COSTS, costOf } from '../../../src/vmm/costs.ts';
import { WriteLog } from '../../../src/vmm/write-log.ts';

const newLog = (): WriteLog => new WriteLog(100, { fault: duration(7), read: duration(11) });

describe('a write log', () => {
  it('notices nothing while it is off', () => {
    const log = newLog();
    expect(log.write(5, true)).toBe(false);
    expect(log.active).toBe(false);
  });

  it('counts faults of the guest and not stores of the host', () => {
    const log = newLog();
    log.start();
    for (const page of [9, 3, 9]) log.write(page, true);
    log.write(50, false);
    const { frames, faults } = log.collect();
    expect([...frames]).toEqual([3, 9, 50]);
    expect(faults).toBe(2);
  });

  it('forgets what it knew when it starts again', () => {
    const log = newLog();
    log.start();
    log.write(1, true);
    log.start();
    expect(log.peek(gfn(1))).toBe(false);
    expect(log.collect().faults).toBe(0);
  });

  it('asks more for reading more pages', () => {
    const log = newLog();
    log.start();
    const empty = log.collect().cost;
    log.write(1, true);
    expect(log.collect().cost - empty).toBe(costOf('logReadPerDirtyPage'));
  });

  it('goes on from saved data', () => {
    const log = newLog();
    log.start();
    log.write(8, true);
    const other = newLog();
    other.restore(log.save());
    expect(other.collect()).toEqual(log.collect());
  });
});

describe('a write log with a buffer', () => {
  const ringOf = (fault: number) =>
    new WriteLog(100, {
      fault: duration(fault),
      read: duration(11),
      buffer: { entries: 3, full: duration(50) },
    });

  it('makes the guest exit once more whenever the buffer is full', () => {
    const log = ringOf(7);
    log.start();
    const paid = [1, 2, 3, 4, 5, 6, 7].map((page) => {
      log.write(page, true);
      return log.charge();
    });
    expect(paid).toEqual([7, 7, 57, 7, 7, 57, 7]);
    const { frames, faults, lost } = log.collect();
    expect([...frames]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([faults, lost]).toEqual([7 + 2, 7 * 7 + 2 * 50]);
  });

  it('lets it write for nothing until then, where the processor fills the buffer', () => {
    const log = ringOf(0);
    log.start();
    for (const page of [1, 2, 3, 4]) {
      log.write(page, true);
      log.charge();
    }
    expect(log.collect()).toMatchObject({ faults: 1, lost: 50 });
  });

  it('is emptied by a reading, and comes back from saved data', () => {
    const log = ringOf(7);
    log.start();
    const write = (into: WriteLog, page: number) => {
      into.write(page, true);
      return into.charge();
    };
    expect([write(log, 1), write(log, 2)]).toEqual([7, 7]);
    log.collect();
    expect([write(log, 1), write(log, 2)]).toEqual([7, 7]);
    const other = ringOf(7);
    other.restore(log.save());
    expect(write(other, 3)).toBe(57);
    expect(other.collect()).toMatchObject({ faults: 4, lost: 71 });
  });
});

describe('the table of costs', () => {
  it('gives every entry a positive price and a reason', () => {
    const entries = Object.entries(COSTS);
    expect(entries.length).toBeGreaterThan(0);
    for (const [name, { ns, reason }] of entries) {
      expect(Number.isInteger(ns) && ns > 0, name).toBe(true);
      expect(reason.length, name).toBeGreaterThan(10);
    }
  });
});
