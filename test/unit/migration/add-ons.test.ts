/** What combines with any algorithm: the same memory in the end, by other means. */
import { describe, expect, it, vi } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import { decodeFrame, encodeFrame } from '../../../src/migration/codec.ts';
import { DEFLATE } from '../../../src/migration/late-deflate.ts';
import type { Message } from '../../../src/migration/messages.ts';
import { type AddOns, NO_ADD_ONS } from '../../../src/migration/settings.ts';
import { FakePair, type PairOptions, type Tamper } from '../../support/fake-pair.ts';

const run = (addOns: Partial<AddOns>, options: Partial<PairOptions> = {}, algorithm = 'pre-copy') =>
  new FakePair({
    ...options,
    settings: { ...options.settings, addOns: { ...NO_ADD_ONS, ...addOns } },
  })
    .start(algorithm)
    .finish();

const expectMoved = (pair: FakePair): void => {
  expect(pair.source.statistics().reason).toBe('');
  expect(pair.source.status).toBe('completed');
  expect(pair.equalsTwin(1)).toBe(true);
};
const bytes = (pair: FakePair): number => pair.source.statistics().transferredBytes;
const kinds = (pair: FakePair): string =>
  (pair.kinds('message.sent') as unknown as { summary: string }[])
    .map(({ summary }) => summary)
    .join('\n');

describe('zero pages', () => {
  const none = run({ zeroPages: 'none' });
  const legacy = run({ zeroPages: 'legacy' });
  const multifd = run({ zeroPages: 'multifd', channels: 4 });

  it('are looked for, or not, and the memory is the same', () => {
    for (const pair of [none, legacy, multifd]) expectMoved(pair);
    expect(none.source.statistics().duplicatePages).toBe(0);
    expect(legacy.source.statistics().duplicatePages).toBeGreaterThan(20);
    expect(multifd.source.statistics().duplicatePages).toBeGreaterThan(20);
  });

  it('cost more bytes when nobody looks', () => {
    expect(bytes(none)).toBeGreaterThan(bytes(legacy) + 20 * 4000);
    expect(bytes(none)).toBeGreaterThan(bytes(multifd) + 20 * 4000);
  });
});

describe('XBZRLE', () => {
  /** Four bytes of each page, over and over: what QEMU's documentation loads it with. */
  const options = {
    script: (n: number) => n % 24,
    instruction: milliseconds(0.3),
    settings: { maxRounds: 12 },
  };
  const plain = run({}, options);
  const delta = run({ xbzrleCachePages: 64 }, options);

  it('sends fewer bytes of pages that change little, and the memory is the same', () => {
    expectMoved(plain);
    expectMoved(delta);
    const { xbzrle } = delta.source.statistics();
    expect(xbzrle.pages).toBeGreaterThan(10);
    expect(xbzrle.bytes).toBeLessThan(xbzrle.pages * 200);
    expect(kinds(delta)).toContain('changes of');
    expect(bytes(delta)).toBeLessThan(bytes(plain));
  });

  it('counts the bytes of a difference as QEMU does, with the three that say what and how long it is', () => {
    const pair = new FakePair({
      ...options,
      settings: { ...options.settings, addOns: { ...NO_ADD_ONS, xbzrleCachePages: 64 } },
    });
    const lengths: number[] = [];
    pair.tamper = (frameBytes) => {
      const frame = decodeFrame(frameBytes);
      const message = frame.ok ? frame.value.message : undefined;
      if (message?.type === 'pages')
        for (const page of message.runs) if (page.kind === 'delta') lengths.push(page.bytes.length);
      return [frameBytes];
    };
    pair.start('pre-copy').finish();
    const { xbzrle } = pair.source.statistics();
    expect(lengths).toHaveLength(xbzrle.pages);
    expect(xbzrle.bytes).toBe(lengths.reduce((sum, length) => sum + length + 3, 0));
  });

  it('says of each page that is in the log, and has crossed as it is, that it is unchanged', () => {
    const told = delta.pageEvents.filter(({ kind }) => kind === 'unchanged');
    expect(told.length).toBeGreaterThan(0);
    expect(told).toHaveLength(delta.source.statistics().xbzrle.unchanged);
    const sent = new Set(
      delta.pageEvents.filter(({ kind }) => kind === 'sent').map(({ gfn }) => gfn),
    );
    expect(told.filter(({ gfn }) => !sent.has(gfn))).toEqual([]);
  });

  it('counts misses, and keeps working with a cache that is far too small [case 20]', () => {
    const small = run({ xbzrleCachePages: 3 }, options);
    expectMoved(small);
    const { cacheMiss } = delta.source.statistics().xbzrle;
    expect(small.source.statistics().xbzrle.cacheMiss).toBeGreaterThan(cacheMiss);
  });

  it.each(['hybrid', 'pre-copy-clark', 'pre-copy-xen-legacy', 'retransmission-free', 'pull'])(
    'combines with %s',
    (algorithm) =>
      expectMoved(run({ xbzrleCachePages: 64, compression: 'deflate' }, options, algorithm)),
  );
});

describe('compression', () => {
  const packed = run({ compression: 'deflate' });

  it('sends fewer bytes, and the memory is the same [case 19]', () => {
    expectMoved(packed);
    expect(packed.source.statistics().compression.pages).toBeGreaterThan(50);
    expect(bytes(packed)).toBeLessThan(bytes(run({})) / 2);
  });

  it('takes the guest’s time for packing into account', () => {
    const wide = { bitsPerSecond: 10_000_000_000 };
    const one = run({ compression: 'deflate' }, wide, 'stop-and-copy');
    const four = run({ compression: 'deflate', channels: 4 }, wide, 'stop-and-copy');
    const time = (pair: FakePair) => pair.source.statistics().downtimeNs;
    expect(time(four)).toBeLessThan(time(one));
  });

  const spoil = (change: (message: Message) => Message): Tamper => {
    return (frameBytes) => {
      const frame = decodeFrame(frameBytes);
      if (!frame.ok || frame.value.message?.type !== 'pages') return [frameBytes];
      return [encodeFrame(frame.value, change(frame.value.message))];
    };
  };

  it('that has been spoilt on the way is refused, and no page of the message is taken [case 19] [IT-9]', () => {
    const pair = new FakePair({ settings: { addOns: { ...NO_ADD_ONS, compression: 'deflate' } } });
    pair.tamper = spoil((message) => {
      if (message.type !== 'pages') return message;
      const runs = message.runs.map((page) =>
        page.kind === 'deflate' ? { ...page, bytes: page.bytes.slice(0, 3) } : page,
      );
      return { ...message, runs };
    });
    pair.start('pre-copy').finish();
    expect(pair.destination.reason).toMatch(/came as deflate and cannot be read/);
    expect(pair.running()).toEqual([true, false]);
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('that the destination was set up without is refused, and the source resumes [IT-9]', () => {
    const absent = vi.spyOn(DEFLATE, 'isLoaded', 'get').mockReturnValue(false);
    const pair = run({ compression: 'deflate' });
    absent.mockRestore();
    expect(pair.destination.reason).toMatch(/came as deflate .* set up without that encoding/);
    expect(pair.running()).toEqual([true, false]);
    expect(pair.equalsTwin(0)).toBe(true);
  });
});

describe('an end of version 1', () => {
  const asVersion1: Tamper = (frameBytes) => {
    const frame = decodeFrame(frameBytes);
    if (!frame.ok || frame.value.message?.type !== 'hello') return [frameBytes];
    return [encodeFrame(frame.value, { ...frame.value.message, newestVersion: 1 })];
  };

  it('is sent no page that is coded, and no list of codings [case 38] [PV-7]', () => {
    const pair = new FakePair({
      settings: { addOns: { ...NO_ADD_ONS, compression: 'deflate', xbzrleCachePages: 64 } },
    });
    const capabilities: Message[] = [];
    pair.tamper = (frameBytes, from) => {
      const frame = decodeFrame(frameBytes);
      if (frame.ok && frame.value.message?.type === 'capabilities')
        capabilities.push(frame.value.message);
      return asVersion1(frameBytes, from);
    };
    pair.start('pre-copy').finish();
    expectMoved(pair);
    expect(
      capabilities.map((message) => message.type === 'capabilities' && message.encodings),
    ).toEqual([[], []]);
    expect(pair.source.statistics().compression.pages).toBe(0);
    expect(pair.source.statistics().xbzrle.pages).toBe(0);
  });
});

describe('auto-converge', () => {
  const busy = {
    script: (n: number) => (n * 7) % 96,
    instruction: milliseconds(0.05),
    settings: { maxRounds: 20 },
  };

  it('withholds more and more of the processor, never after the first round, and nothing in the end [case 6]', () => {
    const pair = run({ autoConverge: true }, busy);
    expectMoved(pair);
    const steps = (pair.kinds('vm.throttled') as unknown as { percent: number }[]).map(
      ({ percent }) => percent,
    );
    expect(steps.slice(0, 3)).toEqual([20, 30, 40]);
    expect(Math.max(...steps)).toBeLessThanOrEqual(99);
    const [first] = pair.kinds('vm.throttled');
    const second = pair.kinds('round.ended')[1];
    expect(first.at).toBeGreaterThanOrEqual(second.at);
    expect(pair.throttled).toBe(0);
    expect(pair.source.statistics().cpuThrottleMost).toBe(Math.max(...steps));
  });

  it('is over when the migration is cancelled', () => {
    const pair = new FakePair({
      ...busy,
      settings: { ...busy.settings, addOns: { ...NO_ADD_ONS, autoConverge: true } },
    })
      .start('pre-copy')
      .runUntil(({ throttled }) => throttled > 30);
    pair.cancel().finish();
    expect(pair.throttled).toBe(0);
    expect(pair.equalsTwin(0)).toBe(true);
  });
});

describe('a dirty limit', () => {
  const busy = {
    script: (n: number) => (n * 7) % 96,
    instruction: milliseconds(0.05),
    settings: { maxRounds: 6 },
  };

  it('holds a writer to its rate', () => {
    const pair = run({ dirtyPagesPerSecond: 500 }, busy);
    expectMoved(pair);
    const live = pair.source.statistics().iterations.filter(({ paused }) => !paused);
    for (const { dirtiedPages, duration } of live)
      expect(dirtiedPages).toBeLessThanOrEqual((duration * 500) / 1e9 + 2);
  });

  it('is off after a cancel, and the next migration succeeds [case 7]', () => {
    const pair = new FakePair({
      ...busy,
      settings: { addOns: { ...NO_ADD_ONS, dirtyPagesPerSecond: 200 } },
    })
      .start('pre-copy')
      .runUntil(({ source }) => source.phase === 'iterating')
      .runFor(10);
    pair.cancel().finish();
    const before = pair.vm(0).retired;
    pair.runFor(10);
    expect(pair.vm(0).retired - before).toBeGreaterThan(150);
    pair.start('pre-copy').finish();
    expectMoved(pair);
  });
});

describe('a bandwidth cap', () => {
  it('holds for rounds, and not for the last one', () => {
    const pair = run({ maxBitsPerSecond: 20_000_000 }, { settings: { thresholdPages: 20 } });
    expectMoved(pair);
    const [first] = pair.source.statistics().iterations;
    expect((first.bytes * 8e9) / first.duration).toBeLessThan(21_000_000);
    const free = run({}, { settings: { thresholdPages: 20 } }).source.statistics().iterations[0];
    expect(free.duration).toBeLessThan(first.duration / 2);
  });
});
