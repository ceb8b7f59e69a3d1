/** What the page shows of a pull whose link was cut, against what the hosts have. */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { EMPTY, IN_FLIGHT, MISSING, SAME, WRITTEN, ZERO } from '../../../src/trace/page-book.ts';
import { LabStory } from '../../support/lab-story.ts';
import { newLab, SMALL } from '../../support/labs.ts';

/** Stage 6 is the pull. */
const CUT = {
  when: { stage: 6, afterMs: 40 },
  input: { kind: 'link', up: false },
} as const;

const MENDED = [
  { when: { stage: 6, afterMs: 1500 }, input: { kind: 'link', up: true } },
  { when: { stage: 6, afterMs: 1600 }, input: { kind: 'recover' } },
] as const;

const interrupted = (algorithm: 'pull' | 'pull-on-demand' | 'hybrid', recovered = false) =>
  new LabStory(
    newLab({
      ...SMALL,
      algorithm,
      vm: { guest: 'ticker', memoryMiB: 2 },
      network: { bandwidthMbps: 20 },
      migration: { ...SMALL.migration, limitMs: 3000 },
      faults: recovered ? [CUT, ...MENDED] : [CUT],
    }),
  );

describe('the picture of an interrupted pull', () => {
  it.each(['pull', 'pull-on-demand', 'hybrid'] as const)(
    'has nothing on the way, and lacks what the destination lacks: %s',
    (algorithm) => {
      const story = interrupted(algorithm).finish();
      const { picture, lab } = story;
      expect(picture.status).toBe('postcopy-paused');
      const vm = exists(lab.hosts[1].vm, 'the VM at the destination');
      const { pages } = picture;
      expect(pages.flight.size).toBe(0);
      expect(pages.tally[IN_FLIGHT]).toBe(0);
      const lacking = Array.from({ length: pages.count }, (_, gfn) => gfn).filter((gfn) =>
        vm.isMissing(gfn as never),
      );
      expect(lacking.length).toBeGreaterThan(50);
      expect(pages.left).toBe(lacking.length);
      for (let gfn = 0; gfn < pages.count; gfn++) {
        const there = [SAME, ZERO].includes(pages.destination[gfn] as never);
        expect(there, `page ${gfn}`).toBe(!lacking.includes(gfn));
        if (!there && algorithm !== 'hybrid')
          expect([EMPTY, MISSING]).toContain(pages.destination[gfn]);
      }
    },
  );

  it.each(['pull', 'hybrid'] as const)('lacks nothing once it was recovered: %s', (algorithm) => {
    const { picture } = interrupted(algorithm, true).finish();
    expect(picture.status).toBe('completed');
    expect(picture.pages.left).toBe(0);
    expect(picture.pages.emptyAtDestination).toBe(0);
  });

  it('has what comes all the same after the source has given up: hybrid, deaf in one direction', () => {
    const { picture } = new LabStory(
      newLab({
        ...SMALL,
        algorithm: 'hybrid',
        vm: { memoryMiB: 2, workload: { workingSetPercent: 60, writesPerSecond: 5000 } },
        network: { bandwidthMbps: 20 },
        migration: { ...SMALL.migration, limitMs: 6000 },
        faults: [
          { when: { stage: 6, afterMs: 5 }, input: { ...CUT.input, direction: 'to-source' } },
          { when: { stage: 6, afterMs: 3000 }, input: { kind: 'link', up: true } },
          { when: { stage: 6, afterMs: 3100 }, input: { kind: 'recover' } },
        ],
      }),
    ).finish();
    expect(picture.status).toBe('completed');
    expect(picture.pages.tally[WRITTEN]).toBe(0);
    expect(picture.pages.left).toBe(0);
  });
});
