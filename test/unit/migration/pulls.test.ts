/** Pull in its variants, the hybrid, the switch by hand, and the push that sends no page twice. */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { milliseconds } from '../../../src/base/units.ts';
import {
  addPivot,
  around,
  byAddress,
  type PageOrder,
  scattered,
  takeNext,
} from '../../../src/migration/page-order.ts';
import { allPages, noPages, removePage } from '../../../src/migration/page-set.ts';
import { pageReason } from '../../../src/trace/event.ts';
import { FakePair } from '../../support/fake-pair.ts';

const sent = (pair: FakePair) => pair.pageEvents.filter((event) => event.kind === 'sent');
const reasons = (pair: FakePair) => new Set(sent(pair).map(({ detail }) => pageReason(detail)));
const decisions = (pair: FakePair) =>
  pair.kinds('decision') as unknown as { action: string; reason: string }[];

describe('the order of the push', () => {
  const order = (start: ReturnType<typeof byAddress>, asked: readonly number[], count: number) => {
    const pending = allPages(20);
    for (const frame of asked) {
      removePage(pending, frame);
      addPivot(start, frame);
    }
    return Array.from({ length: count }, () => {
      const frame = exists(takeNext(start, pending), 'a page');
      removePage(pending, frame);
      return frame;
    });
  };

  it('by address goes on from the last page asked for, and round', () => {
    expect(order(byAddress(), [17], 4)).toEqual([18, 19, 0, 1]);
  });

  it('around a pivot grows on both sides in turn', () => {
    expect(order(around(1, false), [10], 5)).toEqual([11, 9, 12, 8, 13]);
  });

  it('goes on upwards when the lower edge is reached', () => {
    expect(order(around(1, false), [1], 5)).toEqual([2, 0, 3, 4, 5]);
  });

  it('forward only leaves what lies below for last', () => {
    expect(order(around(1, true), [17], 4)).toEqual([18, 19, 0, 1]);
  });

  it('takes several pivots in turn, and forgets the oldest', () => {
    expect(order(around(2, false), [15, 3, 10], 6)).toEqual([11, 4, 9, 2, 12, 5]);
  });

  it('scattered comes by every page once, in an order that is neither by address nor the same again', () => {
    const round = (start: PageOrder, pages: number) => {
      const pending = allPages(pages);
      const frames: number[] = [];
      for (;;) {
        const frame = takeNext(start, pending);
        if (frame === undefined) return frames;
        removePage(pending, frame);
        frames.push(frame);
      }
    };
    for (const pages of [1, 2, 20, 512, 700]) {
      const order = scattered(byAddress());
      const first = round(order, pages);
      expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: pages }, (_, i) => i));
      if (pages < 512) continue;
      const neighbours = first.filter((frame, i) => Math.abs(frame - (first[i + 1] ?? -9)) <= 8);
      expect(neighbours.length).toBeLessThan(pages / 10);
      order.walk = scattered({ ...order, walk: 7 }).walk;
      expect(round(order, pages)).not.toEqual(first);
    }
  });

  it('ends when nothing is pending', () => {
    expect(takeNext(around(1, false), noPages(20))).toBeUndefined();
  });
});

describe('a pull on demand only', () => {
  it('sends nothing that was not asked for while the guest still asks', () => {
    const pair = new FakePair({ script: (n) => (n * 5) % 96, instruction: milliseconds(0.5) })
      .start('pull-on-demand')
      .finish();
    expect(pair.source.statistics().postcopyRequests).toBe(96);
    expect(reasons(pair)).toEqual(new Set(['demand']));
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('fetches the rest when the guest has been quiet', () => {
    const pair = new FakePair({ script: (n) => n % 7 }).start('pull-on-demand').finish();
    expect(pair.source.statistics().postcopyRequests).toBe(7);
    expect(decisions(pair).at(-1)?.reason).toMatch(
      /^nothing was asked for in 300 ms: the last 89 pages/,
    );
    expect(pair.equalsTwin(1)).toBe(true);
  });
});

describe('pre-paging', () => {
  it('waits less often than a push by address for a guest that runs downwards', () => {
    const options = {
      script: (n: number) => 95 - ((n >> 3) % 96),
      bitsPerSecond: 50_000_000,
      instruction: milliseconds(0.2),
    };
    const plain = new FakePair(options).start('pull').finish().source.statistics();
    const bubbling = new FakePair(options).start('pull-pre-paging').finish().source.statistics();
    expect(bubbling.postcopyRequests).toBeLessThan(plain.postcopyRequests);
    expect(bubbling.pagesResent).toBe(0);
  });

  for (const pivots of [1, 3, 16]) {
    for (const spread of ['both-ways', 'forward'] as const) {
      it(`with ${pivots} pivots, ${spread}, brings every page once`, () => {
        const pair = new FakePair({
          settings: { pivots, spread },
          script: (n) => (n * 31 + (n >> 4) * 7) % 96,
        })
          .start('pull-pre-paging')
          .finish();
        expect(pair.source.status).toBe('completed');
        expect(sent(pair)).toHaveLength(96);
        expect(pair.equalsTwin(1)).toBe(true);
      });
    }
  }
});

describe('the hybrid', () => {
  it.each([0, 1, 3])(
    'pulls after %i rounds what was dirtied in the last [case 29]',
    (hybridRounds) => {
      const pair = new FakePair({ settings: { hybridRounds } }).start('hybrid').finish();
      const { iterations } = pair.source.statistics();
      expect(iterations).toHaveLength(hybridRounds + 1);
      if (hybridRounds > 0) expect(iterations.at(-1)?.pendingPages).toBeLessThan(96);
      expect(pair.equalsTwin(1)).toBe(true);
    },
  );

  it('discards what was sent and written again, so that it is fetched anew [case 27]', () => {
    const pair = new FakePair().start('hybrid').finish();
    const discarded = pair
      .kinds('message.sent')
      .find((event) => (event as { type: string }).type === 'discard') as
      | { summary: string }
      | undefined;
    expect(discarded?.summary).toMatch(/^not there yet: [1-9]\d* pages$/);
    expect(pair.source.statistics().pagesResent).toBeGreaterThan(0);
  });
});

describe('a switch to pull by hand', () => {
  it('in the middle of a round moves the VM at once', () => {
    const pair = new FakePair({ bitsPerSecond: 20_000_000 })
      .start('pre-copy')
      .runUntil(({ source }) => source.phase === 'iterating')
      .runFor(20);
    expect(pair.source.switchToPull()).toEqual({ ok: true, value: undefined });
    pair.finish();
    expect(pair.source.status).toBe('completed');
    expect(
      decisions(pair).some(({ reason }) => reason.startsWith('switched to pull by hand: ')),
    ).toBe(true);
    expect(pair.source.statistics().iterations).toHaveLength(2);
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('is refused before the first round and after the last', () => {
    const pair = new FakePair().start('pre-copy');
    const early = pair.source.switchToPull();
    expect(early.ok ? '' : early.error).toBe('only rounds of pre-copy can be switched to pull');
    pair.finish();
    expect(pair.source.switchToPull().ok).toBe(false);
    expect(pair.source.status).toBe('completed');
  });

  it('is refused when one host does not offer pull', () => {
    const pair = new FakePair({ algorithms: [['pre-copy', 'pull'], ['pre-copy']] })
      .start('pre-copy')
      .runUntil(({ source }) => source.phase === 'iterating');
    const answer = pair.source.switchToPull();
    expect(answer.ok ? '' : answer.error).toBe('pull is not offered by both hosts');
    expect(pair.finish().source.status).toBe('completed');
  });
});

describe('the push without retransmission', () => {
  const WANDERING = { script: (n: number) => (n >> 4) % 96, instruction: milliseconds(0.2) };
  const once = (pair: FakePair) => {
    const frames = sent(pair).map((event) => event.gfn);
    expect(new Set(frames).size).toBe(frames.length);
    expect(frames).toHaveLength(96);
    expect(pair.source.statistics().pagesResent).toBe(0);
    expect(pair.source.status).toBe('completed');
    expect(pair.equalsTwin(1)).toBe(true);
  };

  it('leaves the pages that are written for last, and no write is held', () => {
    const pair = new FakePair({ script: (n) => n % 5 }).start('retransmission-free').finish();
    once(pair);
    expect(pair.source.statistics().heldWrites).toBe(0);
    const last = sent(pair)
      .slice(-5)
      .map((event) => event.gfn);
    expect(last).toEqual([0, 1, 2, 3, 4]);
  });

  it('stalls the guest at a page that has crossed, until the switchover [IT-8]', () => {
    const pair = new FakePair({ ...WANDERING, settings: { heldWrites: 'stall' } });
    pair.start('retransmission-free').runUntil(({ source }) => source.statistics().heldWrites > 0);
    const { retired } = pair.vm(0);
    pair.runFor(1);
    expect(pair.vm(0).retired).toBe(retired);
    once(pair.finish());
  });

  it('or switches over at once', () => {
    const pair = new FakePair(WANDERING).start('retransmission-free').finish();
    once(pair);
    expect(pair.source.statistics().heldWrites).toBe(1);
    expect(
      decisions(pair).some(({ reason }) =>
        reason.startsWith('a page that has crossed would change'),
      ),
    ).toBe(true);
  });

  it('sends the rest in the pause when that fits the limit, and by pull when not', () => {
    const run = (limit: number) =>
      new FakePair({ ...WANDERING, settings: { downtimeLimit: milliseconds(limit) } })
        .start('retransmission-free')
        .finish();
    const roomy = run(1000);
    const tight = run(1);
    once(roomy);
    once(tight);
    expect(
      roomy.kinds('stage.entered').some((event) => (event as { stage: number }).stage === 6),
    ).toBe(false);
    expect(
      tight.kinds('stage.entered').some((event) => (event as { stage: number }).stage === 6),
    ).toBe(true);
  });

  it('that is cancelled while a write is held lets the guest write and run on', () => {
    const pair = new FakePair({ ...WANDERING, settings: { heldWrites: 'stall' } });
    pair.start('retransmission-free').runUntil(({ source }) => source.statistics().heldWrites > 0);
    const { retired } = pair.vm(0);
    pair.cancel().finish();
    expect(pair.vm(0).retired).toBeGreaterThan(retired);
    expect(pair.vm(0).held.size).toBe(0);
    expect(pair.equalsTwin(0)).toBe(true);
  });
});
