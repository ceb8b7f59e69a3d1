import { describe, expect, it } from 'vitest';
import { finishedLab, SMALL } from '../../support/labs.ts';

const run = (migration: object, seed = 1) =>
  finishedLab({ ...SMALL, seed, migration: { ...SMALL.migration, ...migration } }).report();

describe('the choice of an algorithm', () => {
  it('by a downtime that only a pull can keep takes one, and reports that it held', () => {
    const report = run({ choice: 'qos', targets: { downtimeMs: 8 } });
    expect(report.error).toBeNull();
    expect(report.choice).toMatchObject({ by: 'qos', held: true, missed: [] });
    expect(report.choice.reason).toContain('would keep all targets');
    expect(report.downtimeMs).toBeLessThanOrEqual(8);
    expect(report.choice.predicted?.downtimeMs).toBeLessThanOrEqual(8);
    expect(report.verification.memoryEqual).toBe(true);
  });

  it('by targets that nothing keeps reports which were missed', () => {
    const report = run({ choice: 'qos', targets: { downtimeMs: 0.01, bytes: 1000 } });
    expect(report.choice).toMatchObject({
      by: 'qos',
      held: false,
      missed: ['downtimeMs', 'bytes'],
    });
    expect(report.choice.reason).toContain('none of');
  });

  it('predicts within a factor of two', () => {
    for (const targets of [{ downtimeMs: 8 }, { slowdownPercent: 0.5 }, { totalTimeMs: 400 }]) {
      const { choice, totalTimeMs, transferredBytes } = run({ choice: 'qos', targets });
      const predicted = choice.predicted ?? { totalTimeMs: 0, bytes: 0 };
      // The survey itself is not part of what was rehearsed.
      expect(predicted.totalTimeMs).toBeGreaterThan((totalTimeMs - 320) / 2);
      expect(predicted.totalTimeMs).toBeLessThan(totalTimeMs * 2);
      expect(predicted.bytes).toBeGreaterThan(transferredBytes / 2);
      expect(predicted.bytes).toBeLessThan(transferredBytes * 2);
    }
  });

  it('at random is the same for the same seed', () => {
    const first = run({ choice: 'random' }, 5);
    expect(first.choice.by).toBe('random');
    expect(run({ choice: 'random' }, 5).algorithm).toBe(first.algorithm);
    expect(first.error).toBeNull();
  });
});
