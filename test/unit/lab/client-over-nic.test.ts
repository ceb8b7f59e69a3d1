/**
 * A client that pings a VM and downloads from it through its network card while it moves, by every
 * algorithm and between every pair of VMMs.
 */
import { describe, expect, it } from 'vitest';
import { ALGORITHM_IDS, type AlgorithmId } from '../../../src/migration/algorithms/ids.ts';
import { HOST_A } from '../../../src/trace/event.ts';
import { VMM_KINDS } from '../../../src/vmm/vmm.ts';
import { LabStory } from '../../support/lab-story.ts';
import { KINDS_OF_COURSE, newLab, SMALL } from '../../support/labs.ts';

const FILE_BYTES = 60_000;
/** By then the guest has booted, is known by its address and has been downloaded from. */
const START_MS = 1300;
const AFTER_MS = 300;
const PROBE_MS = 5;

interface Hosts {
  readonly source: 'xen' | 'kvm';
  readonly destination: 'xen' | 'kvm';
}

const isWholePool = ({ source, destination }: Hosts) => source === 'xen' && destination === 'kvm';

const CASES = VMM_KINDS.flatMap((source) =>
  VMM_KINDS.flatMap((destination) =>
    (isWholePool({ source, destination }) ? ALGORITHM_IDS : KINDS_OF_COURSE).map((algorithm) => ({
      source,
      destination,
      algorithm,
    })),
  ),
);

const lab = (
  algorithm: AlgorithmId,
  hosts: Hosts,
  more: { runOnMs?: number; probeIntervalMs?: number } = {},
) =>
  newLab({
    ...SMALL,
    hosts,
    algorithm,
    // One that keeps writing where every algorithm is tried, elsewhere one that mostly halts.
    vm: { ...SMALL.vm, guest: isWholePool(hosts) ? 'muncher-pc' : 'idle-pc' },
    network: {
      ...SMALL.network,
      probe: 'ping',
      probeIntervalMs: more.probeIntervalMs ?? PROBE_MS,
      fetch: { path: `/file/${FILE_BYTES}`, startMs: 0, repeatAfterMs: PROBE_MS },
    },
    migration: {
      ...SMALL.migration,
      startMs: START_MS,
      runOnMs: more.runOnMs ?? AFTER_MS,
      limitMs: 10_000,
    },
  });

describe('a client of a VM that moves', () => {
  it.each(CASES)(
    'is answered and served before, during and after $algorithm from $source to $destination',
    ({ algorithm, ...hosts }) => {
      const story = new LabStory(lab(algorithm, hosts)).finish();
      const report = story.lab.report();
      expect(report.error).toBeNull();
      expect(report.verification).toMatchObject({
        memoryEqual: true,
        cpuEqual: true,
        devicesEqual: true,
      });
      const began = START_MS * 1e6;
      const ended = began + report.totalTimeMs * 1e6;
      const [paused, woke] = [story.at('vm.paused'), story.at('vm.activated')];

      const answers = story.all('probe.answered').map(({ at }) => at);
      expect(answers.filter((at) => at < began).length).toBeGreaterThan(30);
      expect(answers.filter((at) => at >= began && at <= ended).length).toBeGreaterThan(0);
      expect(answers.filter((at) => at > ended).length).toBeGreaterThan(30);
      const bySource = story.all('frame.sent').filter(({ party }) => party === HOST_A);
      expect(bySource.filter(({ at }) => at < paused).length).toBeGreaterThan(100);
      expect(bySource.filter(({ at }) => at > paused)).toEqual([]);
      expect(story.client.book.counts).toMatchObject({ unexpected: 0, duplicate: 0 });

      const downloads = story.all('fetch.finished');
      for (const { trouble, bytes, wrongBytes } of downloads)
        expect({ trouble, bytes, wrongBytes }).toEqual({
          trouble: '',
          bytes: FILE_BYTES,
          wrongBytes: 0,
        });
      const spans = downloads.map(({ at, elapsedNs }) => ({ from: at - elapsedNs, to: at }));
      expect(spans.some(({ to }) => to < began)).toBe(true);
      expect(spans.some(({ from, to }) => from <= paused && to >= woke)).toBe(true);
      expect(spans.some(({ from }) => from > ended)).toBe(true);
    },
  );

  it.each(KINDS_OF_COURSE)(
    'accounts for every ping, the lost and the late [case 45]: %s',
    (algorithm) => {
      const hosts = { source: 'kvm', destination: 'xen' } as const;
      // A ping is given up after a hundred intervals: shorter than a stop of the whole VM.
      const story = new LabStory(lab(algorithm, hosts, { runOnMs: 400, probeIntervalMs: 1 }));
      story.finish();
      const { counts, outstanding } = story.client.book;
      const sent = story.all('probe.sent').length;
      const lost = story.all('probe.lost').map(({ probe }) => probe);
      const answered = story.all('probe.answered').map(({ probe }) => probe);
      const late = answered.filter((probe) => lost.includes(probe));
      expect(new Set(answered).size).toBe(answered.length);
      expect(answered.length - late.length + lost.length + outstanding.length).toBe(sent);
      expect(counts).toEqual({
        sent,
        answered: answered.length - late.length,
        lost: lost.length,
        late: late.length,
        unexpected: 0,
        duplicate: 0,
      });
      expect(story.lab.report().probesLost).toBe(lost.length);
      // Nobody keeps what is sent to a VM that stands still for longer than its card can.
      const [paused, woke] = [story.at('vm.paused'), story.at('vm.activated')];
      const meanwhile = story
        .all('probe.sent')
        .filter(({ at }) => at > paused && at < woke - 1e6)
        .map(({ probe }) => probe);
      if (algorithm === 'stop-and-copy') expect(lost).toEqual(expect.arrayContaining(meanwhile));
      expect(meanwhile.length).toBeGreaterThan(0);
    },
  );
});
