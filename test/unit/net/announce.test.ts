import { describe, expect, it } from 'vitest';
import { duration, milliseconds } from '../../../src/base/units.ts';
import {
  announceDelay,
  announceFrame,
  FRONT_END_SCHEDULE,
  QEMU_SCHEDULE,
} from '../../../src/net/announce.ts';
import { describeFrame } from '../../../src/net/describe.ts';
import { VM } from './stations.ts';

const delays = (schedule = QEMU_SCHEDULE) =>
  [0, 1, 2, 3, 4, 5].map((round) => announceDelay(round, schedule));

describe('announcement', () => {
  it('comes at once, then after 50, 150, 250 and 350 ms, as in QEMU', () => {
    expect(delays()).toEqual([0, 50e6, 150e6, 250e6, 350e6, undefined]);
  });

  it('waits no longer than the longest delay', () => {
    expect(delays({ ...QEMU_SCHEDULE, rounds: 9, max: milliseconds(200) })).toEqual([
      0, 50e6, 150e6, 200e6, 200e6, 200e6,
    ]);
  });

  it('comes once from a front end, and never with no rounds', () => {
    expect(delays(FRONT_END_SCHEDULE)).toEqual([duration(0), ...Array(5).fill(undefined)]);
    expect(delays({ ...QEMU_SCHEDULE, rounds: 0 })).toEqual(Array(6).fill(undefined));
  });

  it('has a frame of its kind, or none', () => {
    const summary = (kind: 'rarp' | 'garp') =>
      describeFrame(announceFrame(kind, VM) ?? new Uint8Array()).summary;
    expect(summary('rarp')).toBe('RARP: 52:54:00:12:34:56 is here now');
    expect(summary('garp')).toBe('Gratuitous ARP: 10.0.0.2 is at 52:54:00:12:34:56');
    expect(announceFrame('none', VM)).toBeUndefined();
  });
});
