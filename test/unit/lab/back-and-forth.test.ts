/** A VM that goes from host to host and back, and one that is paused by hand on the way. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { ALGORITHM_IDS, type AlgorithmId } from '../../../src/migration/algorithms/ids.ts';
import { besideTwin } from '../../support/beside-twin.ts';
import { LabStory } from '../../support/lab-story.ts';
import { KINDS_OF_COURSE, newLab, type ScenarioInput } from '../../support/labs.ts';

const QUICK: ScenarioInput = {
  vm: { memoryMiB: 2, workload: { workingSetPercent: 30, writesPerSecond: 500 } },
  network: { bandwidthMbps: 400 },
  migration: { startMs: null, thresholdPages: 8, maxRounds: 6, samplingMs: 20, quietMs: 30 },
};
const MANY = 10;
/** One of each kind goes the whole way, the others there and back. */
const OF_COURSE: readonly AlgorithmId[] = KINDS_OF_COURSE;

function moveOnce(story: LabStory, from: 0 | 1): void {
  const { lab } = story;
  lab.input({ kind: 'migrate', from });
  const sender = () => lab.hosts[from].checkpoint().source as { readonly phase: string };
  const limit = lab.now + 20e9;
  do story.advance(lab.now + 5e6);
  while (lab.hosts[from].vm !== undefined && lab.now < limit);
  expect(sender().phase).toBe('completed');
}

describe('a VM that moves to and fro', () => {
  it.each(
    ALGORITHM_IDS.map(
      (algorithm) => [algorithm, OF_COURSE.includes(algorithm) ? MANY : 2] as const,
    ),
  )(
    'is equal to a twin that stayed, and leaves nothing behind [case 35] [HS-9] [AB-9]: %s, %i times',
    (algorithm, moves) => {
      const story = new LabStory(newLab({ ...QUICK, algorithm }));
      const { lab } = story;
      story.advance(20e6);
      const free = lab.hosts.map((host) => host.framesInUse());
      for (let move = 0; move < moves; move++) {
        const from = move % 2 === 0 ? 0 : 1;
        moveOnce(story, from);
        expect(lab.hosts.map((host) => host.running)).toEqual([from === 1, from === 0]);
        expect(lab.hosts[from].framesInUse()).toBe(Math.min(...free));
      }
      const { differing, registers, inputs, retired } = besideTwin(lab, 0);
      expect(differing).toEqual([]);
      expect(registers[0]).toEqual(registers[1]);
      expect(inputs).toBeGreaterThan(10);
      expect(retired).toBeGreaterThan(100_000);
      expect(story.all('vm.activated')).toHaveLength(moves);
    },
  );

  it('is not sent on while half of it is still being pulled [HS-9]', () => {
    const story = new LabStory(
      newLab({ ...QUICK, algorithm: 'pull', network: { bandwidthMbps: 20 } }),
    );
    story.advance(20e6).lab.input({ kind: 'migrate' });
    story.until('vm.activated');
    story.lab.input({ kind: 'migrate', from: 1 });
    story.advance(story.lab.now + 1e6);
    expect(story.all('decision').at(-1)).toMatchObject({ action: 'refused', party: 1 });
    expect(story.finish().lab.report().status).toBe('completed');
  });

  it('and is called back while the first host is in doubt has to stay where it is', () => {
    const story = new LabStory(newLab({ ...QUICK, algorithm: 'stop-and-copy' }));
    story.advance(20e6).lab.input({ kind: 'migrate' });
    story.until('vm.activated');
    story.lab.input({ kind: 'link', up: false });
    story.advance(story.lab.now + 2e9);
    expect(story.lab.hosts[0].checkpoint().source).toMatchObject({ phase: 'in-doubt' });
    story.lab.input({ kind: 'link', up: true });
    story.lab.input({ kind: 'migrate', from: 1 });
    story.advance(story.lab.now + 3e8);
    expect(story.lab.hosts.map((host) => host.running)).toEqual([false, true]);
  });
});

describe('a VM that is paused by hand', () => {
  it.each(['pre-copy', 'stop-and-copy', 'pull', 'hybrid'] as const)(
    'moves, and retires no instruction before it is let run [case 4]: %s',
    (algorithm) => {
      const story = new LabStory(newLab({ ...QUICK, algorithm }));
      const { lab } = story;
      story.advance(30e6);
      lab.input({ kind: 'suspend-vm' });
      story.advance(lab.now + 1e6);
      const retired = lab.hosts[0].vm?.retired;
      moveOnce(story, 0);
      story.advance(lab.now + 50e6);
      expect(lab.hosts.map((host) => host.running)).toEqual([false, false]);
      expect(lab.hosts[1].vm?.retired).toBe(retired);
      expect(story.all('frame.sent').filter(({ party }) => party === 1)).not.toEqual([]);
      lab.input({ kind: 'resume-vm' });
      story.advance(instant(lab.now + 20e6));
      expect(lab.hosts[1].running).toBe(true);
      const { differing, registers } = besideTwin(lab, 1);
      expect(differing).toEqual([]);
      expect(registers[0]).toEqual(registers[1]);
    },
  );

  it('stays paused at the source when its migration is cancelled, and a checkpoint keeps that', () => {
    const story = new LabStory(newLab({ ...QUICK, algorithm: 'pre-copy' }));
    const { lab } = story;
    story.advance(30e6).lab.input({ kind: 'migrate' });
    story.until('round.started').lab.input({ kind: 'suspend-vm' });
    story.advance(lab.now + 1e6).lab.input({ kind: 'cancel' });
    story.advance(lab.now + 100e6);
    expect(lab.hosts.map((host) => host.running)).toEqual([false, false]);
    expect(lab.hosts[0].checkpoint()).toMatchObject({ pausedByHand: true, frozen: false });
    lab.input({ kind: 'resume-vm' });
    story.advance(lab.now + 1e6);
    expect(lab.hosts[0].running).toBe(true);
    expect(besideTwin(lab, 0).differing).toEqual([]);
  });
});
