/** The source's host dies at the end of a migration: the manager's report and the VM must bear it. */
import { describe, expect, it } from 'vitest';
import { besideTwin } from '../../support/beside-twin.ts';
import { LabStory } from '../../support/lab-story.ts';
import { newLab, type ScenarioInput } from '../../support/labs.ts';

/** A slow guest: nothing here needs many instructions. */
const SLOW: ScenarioInput = {
  vm: {
    memoryMiB: 2,
    instructionNs: 4000,
    workload: { workingSetPercent: 30, writesPerSecond: 300 },
  },
  network: { bandwidthMbps: 100 },
  migration: { startMs: 30, thresholdPages: 8, maxRounds: 6, runOnMs: 400 },
};

function expectUnharmed({ lab }: LabStory): void {
  expect(lab.hosts.map((host) => host.running)).toEqual([false, true]);
  expect(lab.hosts[1].checkpoint().destination).toMatchObject({ phase: 'completed' });
  const { differing, registers } = besideTwin(lab, 1);
  expect(differing).toEqual([]);
  expect(registers[0]).toEqual(registers[1]);
}

describe('a source’s host that dies', () => {
  it.each(['stop-and-copy', 'pre-copy', 'pull'] as const)(
    'after the last word leaves the VM unharmed, and the migration completed [case 32]: %s',
    (algorithm) => {
      const story = new LabStory(newLab({ ...SLOW, algorithm }));
      const { lab } = story;
      while (lab.hosts[0].vm !== undefined || lab.now === 0) story.advance(lab.now + 1e6);
      lab.input({ kind: 'crash', host: 0, cause: 'switched off' });
      story.finish();
      expectUnharmed(story);
      expect(lab.report()).toMatchObject({ status: 'completed', error: null });
    },
  );

  it.each(['stop-and-copy', 'pre-copy'] as const)(
    'before it hears that the VM runs elsewhere harms the VM no more than that: %s',
    (algorithm) => {
      const story = new LabStory(newLab({ ...SLOW, algorithm }));
      story.until('vm.activated').lab.input({ kind: 'crash', host: 0, cause: 'switched off' });
      story.finish();
      expectUnharmed(story);
      expect(story.lab.report()).toMatchObject({ status: 'failed' });
    },
  );
});
