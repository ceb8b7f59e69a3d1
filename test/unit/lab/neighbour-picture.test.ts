/** Another VM that takes a host's memory is not the one that the page shows. */
import { describe, expect, it } from 'vitest';
import { SAME } from '../../../src/trace/page-book.ts';
import { LabStory } from '../../support/lab-story.ts';
import { newLab, SMALL } from '../../support/labs.ts';

describe('the picture of a VM whose host gets another one', () => {
  it.each([0, 1] as const)('is still of the VM that moves: host %i', (host) => {
    const story = new LabStory(
      newLab({
        ...SMALL,
        faults: [
          {
            when: { atMs: 5 },
            input: { kind: 'memory', host, leaveFrames: host === 1 ? 640 : 40 },
          },
        ],
      }),
    ).finish();
    const { picture } = story;
    const ids = story.all('vm.created').map(({ vm }) => vm);
    expect(new Set(ids).size).toBe(2);
    expect([picture.vm, picture.pages.count]).toEqual(['vm1', 512]);
    expect(picture.status).toBe('completed');
    expect(picture.pages.left).toBe(0);
    expect(picture.pages.tally[SAME]).toBeGreaterThan(100);
  });
});
