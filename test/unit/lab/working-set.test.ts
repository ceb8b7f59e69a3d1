import { describe, expect, it } from 'vitest';
import { workingSetOf } from '../../../src/store/working-set.ts';
import { LabStory } from '../../support/lab-story.ts';
import { newLab, type ScenarioInput, scenario } from '../../support/labs.ts';

/** Time to fill the memory, and then to have come by every page of the set. */
const FILLED = 400e6;
const SEEN = 1400e6;

type Guest = NonNullable<ScenarioInput['vm']>['guest'];

/** The working set as the page outlines it, and the numbers of the pages that the guest wrote to. */
function written(guest: Guest, memoryMiB: number, workingSetPercent: number) {
  const settings = scenario({
    vm: { guest, memoryMiB, workload: { workingSetPercent, writesPerSecond: 20_000 } },
    migration: { startMs: 5000 },
  });
  const story = new LabStory(newLab(settings));
  const copy = () => {
    const [{ vm }] = story.lab.hosts;
    if (!vm) throw new Error('no VM at host A');
    return Array.from({ length: vm.config.pages }, (_, gfn) => {
      const page = new Uint8Array(4096);
      vm.readPage(gfn as never, page);
      return Buffer.from(page);
    });
  };
  story.advance(FILLED);
  const before = copy();
  story.advance(SEEN);
  const after = copy();
  const pages = after.flatMap((page, gfn) => (page.equals(before[gfn]) ? [] : [gfn]));
  const outlined = workingSetOf(story.picture, { scenario: settings });
  return { pages, outlined, ram: after.length };
}

describe.each(['muncher', 'muncher-pc'] as const)('the working set of %s', (guest) => {
  it.each([
    { memoryMiB: 2, percent: 15 },
    { memoryMiB: 4, percent: 40 },
    // More than there is above the guest's own pages.
    { memoryMiB: 2, percent: 90 },
  ])(
    'is what the page outlines: the pages it writes to, with $percent % of $memoryMiB MiB',
    ({ memoryMiB, percent }) => {
      const { pages, outlined, ram } = written(guest, memoryMiB, percent);
      const first = ram - outlined;
      const band = pages.filter((gfn) => gfn >= first);
      expect(band).toEqual(Array.from({ length: outlined }, (_, i) => first + i));
      // What is left is the guest's own: its image, below where workloads have their pages.
      const own = pages.filter((gfn) => gfn < first);
      expect(own.every((gfn) => gfn < 0x132)).toBe(true);
    },
  );
});

describe('the working set of a guest of another kind', () => {
  it('is not outlined, since it lies somewhere else', () => {
    const settings = scenario({ vm: { guest: 'database', memoryMiB: 4 } });
    const story = new LabStory(newLab(settings)).advance(1e6);
    expect(story.picture.pages.count).toBe(1024);
    expect(workingSetOf(story.picture, { scenario: settings })).toBe(0);
  });
});
