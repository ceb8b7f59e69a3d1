/** How the pre-copy policies of real systems end, and what they say about it. */
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import type { AlgorithmId } from '../../../src/migration/algorithms/ids.ts';
import { defaultSettings } from '../../../src/migration/settings.ts';
import { FakePair, type PairOptions } from '../../support/fake-pair.ts';

/** More distinct pages are dirtied in every round than any threshold allows. */
const BUSY: Partial<PairOptions> = {
  pages: 240,
  destinationFrames: 300,
  instruction: milliseconds(0.05),
  script: (n) => (n * 7) % 240,
};
/** Writes without pause, to eight pages. */
const HOT: Partial<PairOptions> = { ...BUSY, script: (n) => n % 8 };

const decisions = (pair: FakePair) =>
  pair.kinds('decision') as unknown as { action: string; reason: string }[];
const last = (pair: FakePair): string => decisions(pair).at(-1)?.reason ?? '';
const rounds = (pair: FakePair) => pair.source.statistics().iterations;

describe('a guest that dirties more than the threshold in every round', () => {
  const run = (algorithm: AlgorithmId, settings: PairOptions['settings'] = {}): FakePair =>
    new FakePair({ ...BUSY, settings }).start(algorithm).finish();

  it('is paused at the limit of rounds by the plain pre-copy', () => {
    const pair = run('pre-copy', { maxRounds: 4 });
    expect(rounds(pair).filter(({ paused }) => !paused)).toHaveLength(4);
    expect(last(pair)).toMatch(
      /^240 pages dirtied while round 4 sent 240: 240 left, over the threshold of 6, but 4 rounds are the limit; the rounds are not shrinking/,
    );
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('is moved after its rounds by the hybrid, which pulls what is left', () => {
    const pair = run('hybrid', { hybridRounds: 2 });
    expect(pair.source.status).toBe('completed');
    expect(decisions(pair).map(({ action }) => action)).toContain('run-destination');
    const switched = decisions(pair).find(({ action }) => action === 'run-destination');
    expect(switched?.reason).toMatch(
      /^240 pages dirtied while round 2 sent 240: the 240 pages left are pulled/,
    );
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('is slowed until the rule of QEMU lets it go, when auto-converge is on', () => {
    const settings = { downtimeLimit: milliseconds(20) };
    const addOns = { ...defaultSettings(100_000_000).addOns, autoConverge: true };
    const pair = run('pre-copy-qemu', { ...settings, addOns });
    expect(pair.source.status).toBe('completed');
    expect(pair.source.statistics().cpuThrottleMost).toBeGreaterThan(20);
    expect(last(pair)).toMatch(/within|crosses?/);
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('is paused after 5 rounds by the policy of Xen', () => {
    const pair = run('pre-copy-xen');
    expect(rounds(pair).filter(({ paused }) => !paused)).toHaveLength(5);
    expect(last(pair)).toMatch(
      /^240 pages dirtied while round 5 sent 240: 240 left, not fewer than 50, but 5 rounds are the limit/,
    );
  });

  it('is sent three times over by the policy of early Xen, which skips what is dirty again [IT-7]', () => {
    const pair = run('pre-copy-xen-legacy', {});
    const live = rounds(pair).filter(({ paused }) => !paused);
    expect(live.some(({ skippedPages }) => skippedPages > 0)).toBe(true);
    const sent = live.reduce((sum, round) => sum + round.sentPages, 0);
    expect(live.length === 29 || sent > 3 * 240).toBe(true);
    expect(last(pair)).toMatch(/29 rounds are the limit|over 3 times the memory of 240/);
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('outruns the maximum rate of Clark et al.', () => {
    const pair = run('pre-copy-clark');
    expect(last(pair)).toMatch(
      /to keep ahead, .* Mbit\/s would be over the maximum of 100 Mbit\/s/,
    );
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('is sent without end by the rule of QEMU, until somebody cancels', () => {
    const pair = new FakePair({ ...BUSY, settings: { downtimeLimit: milliseconds(20) } });
    pair
      .start('pre-copy-qemu')
      .runUntil(({ source }) => source.statistics().iterations.length > 60);
    expect(last(pair)).toContain('that cross in the downtime limit of 20 ms');
    expect(last(pair)).toContain('the rounds are not shrinking');
    pair.cancel().finish();
    expect(pair.source.status).toBe('cancelled');
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('is given up at the top of oVirt’s ladder, or goes within it', () => {
    const wide = run('pre-copy-ovirt');
    expect(wide.source.status).toBe('completed');
    const slow = { ...BUSY, bitsPerSecond: 8_000_000 };
    const pair = new FakePair(slow).start('pre-copy-ovirt').finish();
    expect(pair.source.statistics().reason).toContain('6 rounds have brought no progress');
    const limits = decisions(pair).flatMap(
      ({ reason }) => /that cross in (\d+) ms/.exec(reason)?.[1] ?? [],
    );
    expect(limits).toEqual(['100', '150', '200', '300', '400', '500', '500']);
    expect(pair.running()).toEqual([true, false]);
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('stays at the source when the time limit passes and the strategy is to cancel [case 8]', () => {
    const settings = { downtimeLimit: milliseconds(5), timeout: milliseconds(400) };
    const pair = run('pre-copy-timeout', settings);
    expect(pair.source.status).toBe('failed');
    expect(pair.source.statistics().reason).toContain('time limit of 400 ms has passed: given up');
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('is moved all the same when the strategy is to force it, and the downtime is over the limit [case 9]', () => {
    const settings = {
      downtimeLimit: milliseconds(5),
      timeout: milliseconds(400),
      timeoutStrategy: 'force',
    } as const;
    const pair = run('pre-copy-timeout', settings);
    expect(pair.source.status).toBe('completed');
    expect(last(pair)).toContain('the switchover is forced');
    expect(pair.source.statistics().downtimeNs).toBeGreaterThan(settings.downtimeLimit);
    expect(pair.equalsTwin(1)).toBe(true);
  });
});

describe('a guest that writes without end to a small hot set', () => {
  for (const algorithm of [
    'pre-copy',
    'pre-copy-clark',
    'pre-copy-xen',
    'pre-copy-xen-legacy',
    'pre-copy-qemu',
    'pre-copy-ovirt',
    'pre-copy-timeout',
  ] as const) {
    it(`converges by ${algorithm}`, () => {
      const settings = { thresholdPages: 10, downtimeLimit: milliseconds(20) };
      const pair = new FakePair({ ...HOT, settings }).start(algorithm).finish();
      expect(pair.source.status).toBe('completed');
      expect(rounds(pair).length).toBeLessThanOrEqual(4);
      expect(rounds(pair).at(-1)?.sentPages).toBeLessThanOrEqual(8);
      expect(pair.equalsTwin(1)).toBe(true);
    });
  }
});

describe('the rates of Clark et al.', () => {
  const settings = { minimumRate: 10_000_000, maximumRate: 60_000_000, rateStep: 5_000_000 };
  const pair = new FakePair({
    ...BUSY,
    instruction: milliseconds(1),
    script: (n) => (n * 7) % 100,
    settings,
  })
    .start('pre-copy-clark')
    .finish();

  it('begin at the minimum, however fast the port is [IT-6]', () => {
    const [first] = rounds(pair);
    const rate = (first.bytes * 8e9) / first.duration;
    expect(rate).toBeGreaterThan(9_500_000);
    expect(rate).toBeLessThan(11_000_000);
  });

  it('go on at the rate of the last dirtying and a step more', () => {
    const [first] = rounds(pair);
    const dirtied = (first.dirtiedPages * 4096 * 8e9) / first.duration;
    const wanted = Math.max(10, dirtied / 1e6 + 5);
    const said = /sends them at ([\d.]+) Mbit/.exec(decisions(pair)[1].reason)?.[1];
    if (said === undefined) expect(decisions(pair)[1].reason).toContain('less than 256 KB');
    else expect(Math.abs(Number(said) - wanted)).toBeLessThan(0.5);
  });

  it('do not hold back the last round', () => {
    const end = rounds(pair).at(-1);
    expect(end?.paused).toBe(true);
    expect((end?.duration ?? 0) / Math.max(1, end?.sentPages ?? 1)).toBeLessThan(500_000);
  });

  it('scan in pseudo-random order, so that neighbours do not cross together', () => {
    const first = pair.pageEvents.filter(
      ({ kind, detail }) => kind === 'sent' && detail >> 4 === 1,
    );
    const steps = first.filter(({ gfn }, i) => Math.abs(gfn - (first[i + 1]?.gfn ?? -9)) === 1);
    expect(first.length).toBeGreaterThan(100);
    expect(steps.length).toBeLessThan(first.length / 5);
  });

  it('come with a stun for a writer that dirties all that is sent', () => {
    const rogue = new FakePair({
      ...BUSY,
      settings: { ...settings, maximumRate: 1_000_000_000 },
    })
      .start('pre-copy-clark')
      .finish();
    expect(decisions(rogue).some(({ reason }) => reason.includes('the writer is stunned'))).toBe(
      true,
    );
    const stunned = rounds(rogue)
      .slice(1)
      .filter(({ paused }) => !paused);
    expect(stunned[0].dirtiedPages).toBeLessThan(240);
    expect(rogue.equalsTwin(1)).toBe(true);
  });
});

describe('the report', () => {
  it('tells distinct pages dirtied from pages sent, in every reason that ends the rounds', () => {
    for (const algorithm of ['pre-copy', 'pre-copy-xen', 'pre-copy-xen-legacy'] as const) {
      const pair = new FakePair(BUSY).start(algorithm).finish();
      expect(last(pair)).toMatch(/^\d+ pages dirtied while round \d+ sent \d+/);
    }
  });
});
