/** A run of several migrations: each has its own figures, and the run goes on until the last is over. */
import { describe, expect, it } from 'vitest';
import { LabStory } from '../../support/lab-story.ts';
import { finishedLab, newLab, type ScenarioInput } from '../../support/labs.ts';

const QUICK: ScenarioInput = {
  algorithm: 'stop-and-copy',
  vm: { memoryMiB: 2, instructionNs: 2000 },
  network: { bandwidthMbps: 400 },
  migration: { startMs: 20, runOnMs: 100 },
};
const BACK = { when: { atMs: 800 }, input: { kind: 'migrate', from: 1 } } as const;

describe('the report of a run', () => {
  it('there and back tells of both moves, each with its own figures', () => {
    const report = finishedLab({ ...QUICK, faults: [BACK] }).report();
    const [there, ...more] = report.earlier;
    expect(more).toEqual([]);
    expect(there).toMatchObject({ status: 'completed', source: 'xen', destination: 'kvm' });
    expect(report).toMatchObject({ status: 'completed', source: 'kvm', destination: 'xen' });
    expect([there, report].map(({ startMs }) => Math.round(startMs))).toEqual([20, 800]);
    for (const move of [there, report]) {
      expect(move.normalPages + move.duplicatePages).toBe(512);
      expect(move.pagesResent).toBe(0);
      expect(move.iterations).toHaveLength(1);
      expect(move.downtimeMs).toBeGreaterThan(0);
      expect(move.vm).toMatchObject({ place: 'destination' });
      const { lastRoundMs, stateMs, sendMs, resumeMs } = { ...move.downtimeSplit } as never;
      expect(lastRoundMs + stateMs + sendMs + resumeMs).toBeCloseTo(move.downtimeMs, 6);
    }
    expect(report.verification).toMatchObject({ memoryEqual: true, cpuEqual: true });
  });

  it('keeps an attempt that failed apart from the one that succeeded', () => {
    const report = finishedLab({
      ...QUICK,
      faults: [
        { when: { stage: 1, afterMs: 0 }, input: { kind: 'cancel' } },
        { when: { atMs: 600 }, input: { kind: 'migrate' } },
      ],
    }).report();
    expect(report.earlier.map(({ status, vm }) => [status, vm.place])).toEqual([
      ['cancelled', 'source'],
    ]);
    expect(report).toMatchObject({ status: 'completed', startMs: 600, error: null });
    expect(report.totalTimeMs).toBeLessThan(500);
  });

  it('is not changed by a request for a VM that has left', () => {
    const alone = finishedLab(QUICK).report();
    const asked = { when: { atMs: 150 }, input: { kind: 'migrate' } } as const;
    const { traceHash: _, clientOutageMs: __, ...figures } = alone;
    expect(finishedLab({ ...QUICK, faults: [asked] }).report()).toMatchObject(figures);
  });

  it('is the same when the second move is asked for by hand after the run had closed', () => {
    const planned = finishedLab({ ...QUICK, faults: [BACK] }).report();
    const story = new LabStory(newLab(QUICK));
    story.finish().advance(800e6);
    const closed = story.lab.report();
    expect(closed.earlier).toEqual([]);
    story.lab.input({ kind: 'migrate', from: 1 });
    story.advance(story.lab.now + 1e6).finish();
    expect(story.lab.report()).toEqual(planned);
    expect(planned.traceHash).not.toBe(closed.traceHash);
  });
});
