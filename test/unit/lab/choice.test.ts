import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
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

  it.each([
    ['downtimeMs', 8],
    ['totalTimeMs', 400],
    ['slowdownPercent', 0.5],
    ['bytes', 3_000_000],
  ] as const)(
    'by the target %s of %d predicts each candidate, says why, and reports whether it held',
    (name, most) => {
      const report = run({ choice: 'qos', targets: { [name]: most } });
      const { choice, totalTimeMs, transferredBytes } = report;
      const tried = choice.candidates.map(({ algorithm }) => algorithm);
      expect(tried.toSorted()).toEqual(ALGORITHM_IDS.toSorted());
      const predicted = exists(choice.predicted ?? undefined, 'a prediction');
      const taken = choice.candidates.find(({ algorithm }) => algorithm === report.algorithm);
      expect(taken).toMatchObject({ ...predicted, ends: true });
      // Nobody who ends keeps it where the one that was taken does not.
      const keeping = choice.candidates.filter(({ ends, keepsTargets }) => ends && keepsTargets);
      expect(taken?.keepsTargets).toBe(keeping.length > 0);
      expect(taken?.keepsTargets).toBe(predicted[name] <= most);
      expect(choice.reason).toMatch(keeping.length > 0 ? /would keep all targets/ : /none of/);
      const figures = {
        downtimeMs: report.downtimeMs,
        totalTimeMs,
        slowdownPercent: report.guestSlowdown.percent,
        bytes: transferredBytes,
      };
      expect(choice.held).toBe(figures[name] <= most);
      expect(choice.missed).toEqual(choice.held ? [] : [name]);
      // Within a factor of two; the survey itself is not part of what was rehearsed.
      expect(predicted.totalTimeMs).toBeGreaterThan((totalTimeMs - 320) / 2);
      expect(predicted.totalTimeMs).toBeLessThan(totalTimeMs * 2);
      expect(predicted.bytes).toBeGreaterThan(transferredBytes / 2);
      expect(predicted.bytes).toBeLessThan(transferredBytes * 2);
    },
  );

  it('at random is the same for the same seed', () => {
    const first = run({ choice: 'random' }, 5);
    expect(first.choice.by).toBe('random');
    expect(run({ choice: 'random' }, 5).algorithm).toBe(first.algorithm);
    expect(first.error).toBeNull();
  });
});
