import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import { ALGORITHM_IDS, type AlgorithmId } from '../../../src/migration/algorithms/ids.ts';
import { pageReason } from '../../../src/trace/event.ts';
import type { VmmKind } from '../../../src/vmm/vmm.ts';
import { FakePair } from '../../support/fake-pair.ts';

const sent = (pair: FakePair) => pair.pageEvents.filter((event) => event.kind === 'sent');
const pulls = new Set<AlgorithmId>(['pull', 'pull-on-demand', 'pull-pre-paging', 'hybrid']);
const live = new Set<AlgorithmId>(
  ALGORITHM_IDS.filter((id) => !id.startsWith('pull') && id !== 'stop-and-copy'),
);
const stages = (pair: FakePair): number[] =>
  pair.kinds('stage.entered').map((event) => (event as { stage: number }).stage);

describe('a migration that nothing disturbs', () => {
  for (const algorithm of ALGORITHM_IDS) {
    it(`by ${algorithm} ends with the memory of a VM that never moved`, () => {
      const pair = new FakePair().start(algorithm).finish();
      expect(pair.source.statistics().reason).toBe('');
      expect(pair.source.status).toBe('completed');
      expect(pair.destination.status).toBe('completed');
      expect(pair.running()).toEqual([false, true]);
      expect(pair.vm(1).missingPages).toBe(0);
      expect(pair.vm(1).retired).toBeGreaterThan(0);
      expect(pair.equalsTwin(1)).toBe(true);
    });

    it(`by ${algorithm} leaves nothing of the VM at the source`, () => {
      const pair = new FakePair().start(algorithm).finish();
      expect(pair.vmms[0].vms()).toEqual([]);
      expect(pair.vmms[0].freeFrames).toBe(pair.vmms[0].totalFrames);
    });

    for (const latency of [0.01, 1000]) {
      it(`by ${algorithm} succeeds over a link with a latency of ${latency} ms`, () => {
        const pair = new FakePair({
          latency: milliseconds(latency),
          instruction: milliseconds(latency > 1 ? 20 : 0.2),
        })
          .start(algorithm)
          .finish();
        expect(pair.source.statistics().reason).toBe('');
        expect(pair.source.status).toBe('completed');
        expect(pair.equalsTwin(1)).toBe(true);
      });
    }

    it(`by ${algorithm} succeeds over a link of 100 kbit/s`, () => {
      const pair = new FakePair({
        pages: 24,
        bitsPerSecond: 100_000,
        instruction: milliseconds(200),
        // A page takes a third of a second here.
        settings: { downtimeLimit: milliseconds(20_000) },
      })
        .start(algorithm)
        .finish();
      if (algorithm === 'pre-copy-ovirt') {
        // Its longest limit is less than one page takes.
        expect(pair.source.statistics().reason).toContain('rounds have brought no progress');
        expect(pair.equalsTwin(0)).toBe(true);
        return;
      }
      expect(pair.source.statistics().reason).toBe('');
      expect(pair.source.status).toBe('completed');
      expect(pair.equalsTwin(1)).toBe(true);
    });

    it(`by ${algorithm} goes through its stages in order`, () => {
      const pair = new FakePair().start(algorithm).finish();
      const expected = [0, 1, ...(live.has(algorithm) ? [2] : []), 3, 4, 5];
      if (pulls.has(algorithm)) expected.push(6);
      expect(stages(pair)).toEqual(expected);
      const left = pair.kinds('stage.left').map((event) => (event as { stage: number }).stage);
      expect(left).toEqual(expected);
    });
  }

  it('by stop-and-copy sends each page once, in one round, with none dirtied', () => {
    const statistics = new FakePair().start('stop-and-copy').finish().source.statistics();
    expect(statistics.iterations).toHaveLength(1);
    expect(statistics.iterations[0]).toMatchObject({
      sentPages: 96,
      zeroPages: statistics.duplicatePages,
      dirtiedPages: 0,
      paused: true,
    });
    expect(statistics.pagesResent).toBe(0);
  });

  it('by pre-copy sends in each round what the round before left dirty', () => {
    const { iterations } = new FakePair().start('pre-copy').finish().source.statistics();
    expect(iterations.length).toBeGreaterThan(2);
    for (let i = 1; i < iterations.length; i++) {
      expect(iterations[i].pendingPages).toBe(iterations[i - 1].dirtiedPages);
      expect(iterations[i].sentPages).toBe(iterations[i].pendingPages);
    }
  });

  it('by pre-copy says why it ends when rounds do not shrink', () => {
    const options = {
      instruction: milliseconds(0.02),
      settings: { maxRounds: 4 },
      script: (n: number) => n % 96,
    };
    const pair = new FakePair(options).start('pre-copy').finish();
    const decisions = pair.kinds('decision') as { action: string; reason: string }[];
    expect(decisions.at(-1)?.reason).toBe(
      '96 pages dirtied while round 4 sent 96: 96 left, over the threshold of 6, but 4 rounds are the limit; the rounds are not shrinking',
    );
    expect(pair.source.status).toBe('completed');
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('by pre-copy converges for a guest that writes without end to a small hot set', () => {
    const pair = new FakePair({ instruction: milliseconds(0.01), script: (n) => n % 5 })
      .start('pre-copy')
      .finish();
    const { iterations } = pair.source.statistics();
    expect(iterations.map((iteration) => iteration.sentPages)).toEqual([96, 5]);
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('by pull lets the guest run before its pages are there, and answers what it asks for first [case 21]', () => {
    const pair = new FakePair({ instruction: milliseconds(0.05), script: (n) => 95 - (n % 96) })
      .start('pull')
      .finish();
    const statistics = pair.source.statistics();
    expect(statistics.postcopyRequests).toBeGreaterThan(0);
    expect(statistics.postcopyBlocktimeNs).toBeGreaterThan(milliseconds(2));
    expect(statistics.pagesResent).toBe(0);
    expect(sent(pair)).toHaveLength(96);
    const reasons = new Set(sent(pair).map((event) => pageReason(event.detail)));
    expect(reasons).toEqual(new Set(['demand', 'push']));
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('has the shortest downtime by pull and the longest by stop-and-copy', () => {
    const downtime = (algorithm: string) =>
      new FakePair().start(algorithm).finish().source.statistics().downtimeNs;
    expect(downtime('pull')).toBeLessThan(downtime('pre-copy'));
    expect(downtime('pre-copy')).toBeLessThan(downtime('stop-and-copy'));
  });

  it('foresees a downtime of the right order', () => {
    const { downtimeNs, expectedDowntimeNs } = new FakePair()
      .start('pre-copy')
      .finish()
      .source.statistics();
    expect(expectedDowntimeNs).toBeGreaterThan(downtimeNs / 4);
    expect(expectedDowntimeNs).toBeLessThan(downtimeNs * 2);
  });

  const PAIRS: readonly (readonly [VmmKind, VmmKind])[] = [
    ['xen', 'xen'],
    ['xen', 'kvm'],
    ['kvm', 'xen'],
    ['kvm', 'kvm'],
  ];
  for (const kinds of PAIRS) {
    it(`from ${kinds[0]} to ${kinds[1]} is translated only where the formats differ`, () => {
      const pair = new FakePair({ kinds }).start('pre-copy').finish();
      const same = kinds[0] === kinds[1];
      const negotiated = pair.kinds('migration.negotiated')[0] as { format: string };
      expect(negotiated.format).toBe(same ? `${kinds[0]}-native` : 'vmcf');
      expect(pair.kinds('state.translated')).toHaveLength(same ? 0 : 2);
      expect(pair.kinds('state.saved')).toHaveLength(same ? 1 : 0);
      expect(pair.equalsTwin(1)).toBe(true);
    });
  }

  it('waits for a guest that suspends itself, which runs on meanwhile', () => {
    const pair = new FakePair({ paravirtual: true })
      .start('stop-and-copy')
      .runUntil(({ source }) => source.phase === 'suspending');
    const before = pair.vm(0).retired;
    pair.runFor(10);
    expect(pair.vm(0).retired).toBeGreaterThan(before);
    pair.guestSuspendsItself();
    pair.finish();
    expect(pair.source.status).toBe('completed');
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('can be followed by another of the same VM', () => {
    const pair = new FakePair().start('pull').runUntil(({ source }) => source.phase === 'greeting');
    pair.cancel();
    pair.finish().start('pre-copy').finish();
    expect(pair.source.status).toBe('completed');
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('never keeps more than two messages of pages in the port [IT-4]', () => {
    const pair = new FakePair().start('stop-and-copy');
    let most = 0;
    pair.runUntil(() => {
      most = Math.max(most, pair.backlog(0));
      return pair.source.phase === 'completed';
    });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(3 * 6 * 4200);
  });
});
