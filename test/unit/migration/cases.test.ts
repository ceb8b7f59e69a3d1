/** Cases that test suites of real systems have, over every algorithm where they make sense. */
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { decodeFrame } from '../../../src/migration/codec.ts';
import { NO_ADD_ONS } from '../../../src/migration/settings.ts';
import { FakePair, type PairOptions } from '../../support/fake-pair.ts';

/** Every threshold is met sooner or later, so that every policy ends by itself. */
const EASY: Partial<PairOptions> = {
  settings: { downtimeLimit: milliseconds(50), thresholdPages: 8 },
  script: (n) => (n * 7) % 20,
};
const typeOf = (bytes: Uint8Array): string => {
  const frame = decodeFrame(bytes);
  return frame.ok ? (frame.value.message?.type ?? 'unknown') : 'unreadable';
};

const ENDS: ReadonlySet<string> = new Set(['completed', 'failed', 'postcopy-paused', 'in-doubt']);
/** Asked at every step of thousands of runs: cheap. */
const runsTwice = (pair: FakePair): boolean => pair.running().every(Boolean);

function expectMoved(pair: FakePair): void {
  expect(pair.source.statistics().reason).toBe('');
  expect([pair.source.status, pair.destination.status]).toEqual(['completed', 'completed']);
  expect(pair.running()).toEqual([false, true]);
  expect(pair.equalsTwin(1)).toBe(true);
  expect(pair.vmms[0].freeFrames).toBe(pair.vmms[0].totalFrames);
}

function expectStayed(pair: FakePair): void {
  expect(pair.running()).toEqual([true, false]);
  expect(pair.equalsTwin(0)).toBe(true);
  expect(pair.vm(0).logging).toBe(false);
  expect(pair.vm(0).held.size).toBe(0);
  expect(pair.throttled).toBe(0);
  expect(pair.vmms[1].freeFrames).toBe(pair.vmms[1].totalFrames);
}

describe.each(ALGORITHM_IDS)('by %s', (algorithm) => {
  it('an idle guest is moved in at most two rounds, and no page crosses twice [case 1]', () => {
    // It writes one page, and never another.
    const pair = new FakePair({ ...EASY, script: () => 3 }).start(algorithm).finish();
    expectMoved(pair);
    expect(pair.source.statistics().iterations.length).toBeLessThanOrEqual(2);
    expect(pair.source.statistics().pagesResent).toBeLessThanOrEqual(1);
  });

  it('a cancel, then another migration, moves the VM after all', () => {
    const pair = new FakePair(EASY).start(algorithm);
    pair.runUntil(({ source }) => !['greeting', 'offering', 'choosing'].includes(source.phase));
    pair.cancel().finish();
    expect(pair.source.status).toBe('cancelled');
    expectStayed(pair);
    expectMoved(pair.start(algorithm).finish());
  });

  it('a cancel, then a migration to another host, moves the VM there [case 13]', () => {
    const pair = new FakePair(EASY).start(algorithm);
    pair
      .runUntil(({ destination }) => destination.phase === 'receiving')
      .cancel()
      .finish();
    expectStayed(pair);
    pair.changeDestination('xen').start(algorithm).finish();
    expectMoved(pair);
  });

  it('a migration to the host itself is refused, for the name is taken there [case 48]', () => {
    const pair = new FakePair({ ...EASY, toItself: true }).start(algorithm).finish();
    expect(pair.source.statistics().reason).toContain('a VM exists once');
    expect(pair.running()).toEqual([true, false]);
    expect(pair.vmms[0].vms()).toHaveLength(1);
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('a guest that was stopped first dirties nothing, and no page crosses twice [case 3]', () => {
    const pair = new FakePair(EASY).runFor(5).pauseByHand(0).start(algorithm).finish();
    const { iterations, pagesResent } = pair.source.statistics();
    expect(pair.destination.status).toBe('completed');
    expect(iterations.filter(({ sentPages }) => sentPages > 0)).toHaveLength(1);
    expect(iterations.map(({ dirtiedPages }) => dirtiedPages)).toEqual(iterations.map(() => 0));
    expect(pagesResent).toBe(0);
    pair.resumeByHand(1).runFor(20);
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('a link that fails in the middle loses no write for the next attempt [case 34]', () => {
    const pair = new FakePair(EASY).start(algorithm);
    pair.runUntil(({ source }) =>
      ['sampling', 'iterating', 'stopping', 'preparing'].includes(source.phase),
    );
    pair.linkUp = false;
    pair.finish();
    expect(pair.source.status).toBe('failed');
    expectStayed(pair);
    pair.linkUp = true;
    expectMoved(pair.runFor(3000).start(algorithm).finish());
  });

  it('a destination without memory refuses, and nothing changes at the source [case 47]', () => {
    const pair = new FakePair({ ...EASY, destinationFrames: 90 }).start(algorithm).finish();
    expect(pair.source.statistics().reason).toContain('96 frames are wanted, 90 are free');
    expectStayed(pair);
  });

  it('at no moment run two, whatever message is lost', () => {
    const whole = new FakePair(EASY);
    const types: string[] = [];
    whole.tamper = (bytes) => {
      types.push(typeOf(bytes));
      return [bytes];
    };
    whole.start(algorithm).finish();
    const once = [...new Set(types)].filter((type) => type !== 'ping' && type !== 'pong');
    expect(once.length).toBeGreaterThan(10);
    let twice = 0;
    for (const lost of once) {
      const pair = new FakePair({ ...EASY, instruction: milliseconds(20) });
      let gone = false;
      pair.tamper = (bytes) => {
        if (gone || typeOf(bytes) !== lost) return [bytes];
        gone = true;
        return [];
      };
      pair.start(algorithm).runUntil(() => {
        if (runsTwice(pair)) twice += 1;
        return ENDS.has(pair.source.phase);
      });
      expect(twice).toBe(0);
      const owner = pair.running().indexOf(true);
      if (owner >= 0) expect(pair.equalsTwin(owner)).toBe(true);
    }
  });

  it('the add-ons together change nothing in what arrives', () => {
    const addOns = {
      ...NO_ADD_ONS,
      zeroPages: 'multifd',
      xbzrleCachePages: 64,
      compression: 'deflate',
      channels: 4,
      autoConverge: true,
      dirtyPagesPerSecond: 2000,
      maxBitsPerSecond: 60_000_000,
    } as const;
    const pair = new FakePair({ ...EASY, settings: { ...EASY.settings, addOns } });
    expectMoved(pair.start(algorithm).finish());
  });
});

/** Two pages, a guest that writes them in every pattern of three, and a cut at every message. */
describe('the smallest world there is, gone through whole', () => {
  it.each(ALGORITHM_IDS)(
    'has at most one running VM and right memory throughout [case 52]: %s',
    (algorithm) => {
      let runs = 0;
      let twice = 0;
      for (let pattern = 0; pattern < 8; pattern++) {
        const options: Partial<PairOptions> = {
          pages: 2,
          destinationFrames: 2,
          bitsPerSecond: 2_000_000,
          instruction: milliseconds(6),
          script: (n) => (pattern >> (n % 3)) & 1,
          settings: { thresholdPages: 1, maxRounds: 3, downtimeLimit: milliseconds(1000) },
        };
        for (let cut = 0; cut < 40; cut++) {
          const pair = new FakePair(options);
          let sent = 0;
          let reached = false;
          pair.tamper = (bytes) => {
            if (sent++ === cut) {
              reached = true;
              pair.linkUp = false;
            }
            return pair.linkUp ? [bytes] : [];
          };
          pair.start(algorithm).runUntil(() => {
            if (runsTwice(pair)) twice += 1;
            return ENDS.has(pair.source.phase);
          });
          expect(twice).toBe(0);
          runs += 1;
          const owner = pair.running().indexOf(true);
          if (owner >= 0) expect(pair.equalsTwin(owner)).toBe(true);
          if (pair.source.phase === 'failed') expectStayed(pair.runFor(3000));
          if (!reached) break;
        }
      }
      expect(runs).toBeGreaterThan(8 * 10);
    },
  );
});
