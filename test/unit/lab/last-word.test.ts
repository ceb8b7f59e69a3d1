/** A host dies at the end of a migration: the VM must bear it, and the report says what became of it. */
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

/** The page's picture says the same as the report. */
function expectPictured({ lab, picture }: LabStory): void {
  const { status, startMs, totalTimeMs } = lab.report();
  expect(picture.status).toBe(status);
  const ended = (picture.endedAt ?? Number.NaN) / 1e6;
  expect(ended - startMs).toBeCloseTo(totalTimeMs, 6);
}

/** From the request until the VM ran there, with all its pages. */
function expectOverWhenItWoke(story: LabStory): void {
  const { status, startMs, totalTimeMs, stages } = story.lab.report();
  const wokeMs = story.at('vm.activated') / 1e6;
  expect(status).toBe('completed');
  expect(totalTimeMs).toBeCloseTo(wokeMs - startMs, 6);
  expect(stages.map(({ stage }) => stage)).toEqual([0, 1, 3, 4, 5]);
  expect(stages.at(-1)?.endMs).toBeCloseTo(wokeMs, 6);
  expectPictured(story);
}

describe('a source’s host that dies', () => {
  it.each(['stop-and-copy', 'pre-copy', 'pull'] as const)(
    'after the last word leaves the VM unharmed, and the migration completed [case 32] [TM-3]: %s',
    (algorithm) => {
      const story = new LabStory(newLab({ ...SLOW, algorithm }));
      const { lab } = story;
      while (lab.hosts[0].vm !== undefined || lab.now === 0) story.advance(lab.now + 1e6);
      lab.input({ kind: 'crash', host: 0, cause: 'switched off' });
      story.finish();
      expectUnharmed(story);
      const { downtimeMs, ...report } = lab.report();
      expect(report).toMatchObject({ status: 'completed', error: null });
      expect(downtimeMs).toBeCloseTo((story.at('vm.activated') - story.at('vm.paused')) / 1e6, 6);
      expectPictured(story);
    },
  );

  it.each(['stop-and-copy', 'pre-copy'] as const)(
    'before it hears that the VM runs elsewhere harms the VM no more than that, and the report says where it runs: %s',
    (algorithm) => {
      const story = new LabStory(newLab({ ...SLOW, algorithm }));
      story.until('vm.activated').lab.input({ kind: 'crash', host: 0, cause: 'switched off' });
      story.finish();
      expectUnharmed(story);
      const { vm, ...report } = story.lab.report();
      expect(report).toMatchObject({ status: 'completed', error: null });
      expect(vm.place).toBe('destination');
      expect(vm.says).toMatch(/^runs at the destination, .* host has failed: switched off$/);
      expectPictured(story);
    },
  );

  it('with GO on its way is told of as in doubt, until the VM wakes', () => {
    const story = new LabStory(newLab({ ...SLOW, algorithm: 'stop-and-copy' }));
    const { lab } = story;
    const goSent = () => story.all('message.sent').some(({ type }) => type === 'go');
    while (!goSent()) story.advance(lab.now + 1e5);
    lab.input({ kind: 'crash', host: 0, cause: 'switched off' });
    story.advance(lab.now + 1e5);
    expect(lab.report()).toMatchObject({ status: 'failed', vm: { place: 'in doubt' } });
    story.advance(lab.now + 50e6);
    expectUnharmed(story);
    expect(lab.report()).toMatchObject({ status: 'completed', vm: { place: 'destination' } });
    expectOverWhenItWoke(story);
  });

  it('that was in doubt and hears again has migrated until then [TM-2]', () => {
    const migration = { ...SLOW.migration, runOnMs: 3000 };
    const story = new LabStory(newLab({ ...SLOW, algorithm: 'stop-and-copy', migration }));
    const { lab } = story;
    story.until('vm.activated').lab.input({ kind: 'link', up: false });
    story.advance(lab.now + 12e8);
    expect(lab.report()).toMatchObject({ status: 'failed', vm: { place: 'destination' } });
    expectPictured(story);
    lab.input({ kind: 'link', up: true });
    story.advance(lab.now + 12e8);
    const { startMs, totalTimeMs } = lab.report();
    const [told] = story
      .all('migration.status')
      .filter(({ role, status }) => role === 'source' && status === 'completed');
    expect(totalTimeMs).toBeCloseTo((told?.at ?? 0) / 1e6 - startMs, 6);
    expect(totalTimeMs).toBeGreaterThan(1200);
    expectPictured(story);
  });

  it('in doubt, long after the VM woke, has not made the migration longer [S19] [TM-1]', () => {
    const faults: ScenarioInput['faults'] = [
      { when: { stage: 3 }, input: { kind: 'link', direction: 'to-source', extraDelayMs: 100 } },
      { when: { stage: 5 }, input: { kind: 'pause', host: 0, forMs: 700 } },
      { when: { stage: 5, afterMs: 60 }, input: { kind: 'crash', host: 0 } },
    ];
    const story = new LabStory(newLab({ ...SLOW, algorithm: 'stop-and-copy', faults }));
    story.until('party.failed');
    const doubts = story.all('migration.status').filter(({ status }) => status === 'failed');
    expect(doubts.map(({ role }) => role)).toEqual(['source']);
    expect(doubts[0].at - story.at('vm.activated')).toBeGreaterThan(500e6);
    expectOverWhenItWoke(story);
  });

  it.each([
    ['before GO', 0, 'vm.paused', 'lost', /is lost with the source's host$/],
    ['before the switchover', 1, 'vm.paused', 'source', /^runs at the source$/],
    ['once the VM runs there', 1, 'vm.activated', 'lost', /is lost with the destination's host$/],
  ] as const)(
    '%s, host %i: the report says what it means for the VM',
    (_, host, kind, place, says) => {
      const story = new LabStory(newLab({ ...SLOW, algorithm: 'stop-and-copy' }));
      story.until(kind).lab.input({ kind: 'crash', host, cause: 'switched off' });
      story.advance(story.lab.now + 5e9);
      const { status, error, vm } = story.lab.report();
      expect(status).toBe('failed');
      expectPictured(story);
      expect(vm.place).toBe(place);
      expect(vm.says).toMatch(says);
      expect(place !== 'lost' || error?.includes('the VM is lost')).toBe(true);
    },
  );
});
