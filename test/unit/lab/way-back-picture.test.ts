/** What the page shows of a VM that moves there and back: each migration as the report has it. */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { figuresOf } from '../../../src/store/figures.ts';
import { EMPTY, PAGE_STATES, SAME, WRITTEN, ZERO } from '../../../src/trace/page-book.ts';
import { hostOf } from '../../../src/trace/whereabouts.ts';
import { hostCondition } from '../../../src/ui/strings/sentences.ts';
import { roundKind } from '../../../src/ui/timeline.ts';
import { LabStory } from '../../support/lab-story.ts';
import { KINDS_OF_COURSE, newLab, type ScenarioInput } from '../../support/labs.ts';

const SCENARIO: ScenarioInput = {
  vm: { memoryMiB: 2, workload: { workingSetPercent: 30, writesPerSecond: 500 } },
  network: { bandwidthMbps: 100 },
  migration: { startMs: null, thresholdPages: 8, maxRounds: 6, samplingMs: 20, quietMs: 30 },
};

function moved(story: LabStory, from: 0 | 1): void {
  const { lab } = story;
  lab.input({ kind: 'migrate', from });
  const limit = lab.now + 20e9;
  do story.advance(lab.now + 5e6);
  while (story.picture.endedAt === undefined && lab.now < limit);
  story.advance(lab.now + 20e6);
}

describe.each(KINDS_OF_COURSE)('the picture of a VM that moves there and back: %s', (algorithm) => {
  const story = new LabStory(newLab({ ...SCENARIO, algorithm }));
  story.advance(20e6);
  const reports = ([0, 1, 0] as const).map((from) => {
    moved(story, from);
    const { picture, lab } = story;
    const { pages } = picture;
    const kinds = new Set(picture.rounds.map((round) => roundKind(round, picture)));
    return {
      from,
      report: lab.report(),
      figures: figuresOf(picture),
      status: picture.status,
      host: hostOf(picture.verdict.whereabouts),
      rounds: picture.rounds.map(({ round }) => round),
      kinds: [...kinds],
      stages: picture.stages.map(({ stage }) => stage),
      left: pages.left,
      states: ([0, 1] as const).map((party) => new Set(pages.of(party))),
      written: pages.tally[WRITTEN],
    };
  });

  it('has each migration’s own figures, as the report has them', () => {
    expect(reports).toHaveLength(3);
    for (const { report, figures, status, rounds } of reports) {
      expect([status, report.error]).toEqual(['completed', null]);
      expect(figures.downtimeNs).toBeCloseTo(report.downtimeMs * 1e6, 0);
      const lost = (report.guestClockBehindMs ?? Number.NaN) * 1e6;
      expect(figures.clockLostNs).toBeCloseTo(lost, 0);
      expect(Math.abs(lost / (report.downtimeMs * 1e6) - 1)).toBeLessThan(0.1);
      expect(figures.totalNs).toBeCloseTo(report.totalTimeMs * 1e6, 0);
      expect(figures.bytesSent).toBe(report.transferredBytes);
      expect(rounds).toEqual(report.iterations.map(({ index }) => index));
    }
  });

  it('shows the VM where it is, and the other host’s memory freed', () => {
    for (const { from, host, states, left, written } of reports) {
      expect(host).toBe(1 - from);
      expect([left, written]).toEqual([0, 0]);
      expect([...(states[from] ?? [])]).toEqual([EMPTY]);
      const arrived = [...exists(states[1 - from], 'states')];
      expect(arrived.length).toBeGreaterThan(0);
      expect(arrived.every((state) => [SAME, ZERO].includes(state as never))).toBe(true);
    }
    expect(PAGE_STATES[SAME]).toBe('same');
  });

  it('names the rounds and stages of the way back as those of the way there', () => {
    const [there, back, again] = reports;
    for (const way of [back, again]) {
      expect(way?.kinds.toSorted()).toEqual(there?.kinds.toSorted());
      expect(way?.stages).toEqual(there?.stages);
    }
  });
});

describe('a VM that is paused by hand where it has arrived', () => {
  it('is said to be paused there, and nothing to be received', () => {
    const story = new LabStory(newLab({ ...SCENARIO, algorithm: 'pre-copy' }));
    story.advance(20e6);
    moved(story, 0);
    expect(hostCondition(story.picture, 1)).toBe('VM running');
    story.lab.input({ kind: 'suspend-vm' });
    story.advance(story.lab.now + 5e6);
    expect(story.picture.hosts[1].vm).toBe('paused');
    expect(hostCondition(story.picture, 1)).toBe('VM paused');
    expect(hostCondition(story.picture, 0)).toBe('memory freed');
  });
});
