/** Figures of the report that are reckoned from others. */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant } from '../../../src/base/units.ts';
import { markPause, NO_PAUSE, splitDowntime } from '../../../src/lab/downtime-split.ts';
import { xbzrleCache } from '../../../src/trace/add-ons.ts';
import { HOST_A, HOST_B, type LabEvent } from '../../../src/trace/event.ts';
import { ADD_ONS } from '../../support/add-ons.ts';
import { finishedLab, SMALL } from '../../support/labs.ts';

describe('the XBZRLE figures', () => {
  it('are QEMU’s: bytes of the cache, misses by page handled, bytes before by bytes after', () => {
    expect(xbzrleCache(ADD_ONS, 60)).toEqual({
      cacheSize: 65_536,
      bytes: 12_288 + 2 * 4096,
      pages: 30 + 2 + 4,
      cacheMiss: 8,
      cacheMissRate: 0.13,
      encodingRate: 7.2,
      overflow: 2,
    });
  });

  it('are left out when it was off, and no rate is made of nothing', () => {
    expect(xbzrleCache({ ...ADD_ONS, xbzrleCachePages: 0 }, 60)).toBeNull();
    const idle = {
      ...ADD_ONS,
      xbzrlePages: 0,
      xbzrleBytes: 0,
      xbzrleUnchanged: 0,
      xbzrleOverflow: 0,
    };
    expect(xbzrleCache(idle, 0)).toMatchObject({ cacheMissRate: 0, encodingRate: 0 });
  });

  it('of a real run say how much was saved, and count no page twice', () => {
    const run = (addOns: object) =>
      finishedLab({ ...SMALL, migration: { ...SMALL.migration, addOns } });
    const plain = run({}).report();
    const lab = run({ xbzrleCacheKiB: 4096 });
    const coded = lab.report();
    expect(plain.xbzrleCache).toBeNull();
    const { pages = 0, bytes = 0, encodingRate = 0 } = coded.xbzrleCache ?? {};
    expect(pages).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(pages * 4096);
    expect(encodingRate).toBeCloseTo((pages * 4096) / bytes, 1);
    expect(coded.transferredBytes).toBeLessThan(plain.transferredBytes);
    // The engine counts by the form in which it sends a page, the report from the trace.
    const { counters } = lab.hosts[0].checkpoint().source as never as {
      readonly counters: { readonly normalPages: number };
    };
    expect(coded.normalPages).toBe(counters.normalPages);
    expect(coded.normalPages + coded.addOns.xbzrlePages).toBeGreaterThan(coded.normalPages);
  });
});

describe('the figures of memory on the wire', () => {
  const run = (algorithm: 'pre-copy' | 'pull', addOns: object = {}) =>
    finishedLab({ ...SMALL, algorithm, migration: { ...SMALL.migration, addOns } }).report();

  it('are QEMU’s: before, in and after the pause, and what went by page channels', () => {
    const { ram, transferredBytes, iterations } = run('pre-copy', { channels: 4 });
    expect(ram.precopyBytes).toBeGreaterThan(iterations[0]?.bytes ?? 0);
    expect(ram.downtimeBytes).toBeGreaterThan(4096);
    expect(ram.postcopyBytes).toBe(0);
    expect(ram.multifdBytes).toBe(ram.precopyBytes + ram.downtimeBytes);
    expect(ram.multifdBytes).toBeLessThan(transferredBytes);
    const pull = run('pull').ram;
    expect(pull.postcopyBytes).toBeGreaterThan(400_000);
    expect([pull.precopyBytes, pull.downtimeBytes, pull.multifdBytes]).toEqual([0, 0, 0]);
  });

  it('say of packing how much it saved', () => {
    const { compression, addOns } = run('pre-copy', { compression: 'deflate' });
    const { pages = 0, compressedSize = 1, compressionRate = 0 } = compression ?? {};
    expect([pages, compressedSize]).toEqual([addOns.compressedPages, addOns.compressedBytes]);
    expect(compressionRate).toBeGreaterThan(1);
    expect(compressionRate).toBeCloseTo((pages * 4096) / compressedSize, 1);
  });
});

describe('the split of the downtime', () => {
  const happened = (at: number, party: number, kind: string, more = {}) =>
    ({ at: instant(at), party, sequence: 0, kind, ...more }) as unknown as LabEvent;
  const split = (events: readonly LabEvent[]) =>
    splitDowntime(events.reduce((marks, event) => markPause(marks, event, HOST_A), NO_PAUSE));
  const PAUSE = [
    happened(5e6, HOST_A, 'round.ended'),
    happened(10e6, HOST_A, 'vm.paused'),
    happened(40e6, HOST_A, 'round.ended'),
    happened(40e6, HOST_A, 'state.translated', { costNs: 1e6 }),
    happened(44e6, HOST_B, 'message.received', { type: 'state' }),
    happened(44e6, HOST_B, 'state.translated', { costNs: 2e6 }),
    happened(47e6, HOST_B, 'vm.activated'),
  ];

  it('has every part end where the next begins', () => {
    const parts = { lastRoundMs: 30, stateMs: 1, sendMs: 3, resumeMs: 3 };
    expect(split(PAUSE)).toEqual(parts);
    expect(split([...PAUSE, happened(60e6, HOST_A, 'round.ended')])).toEqual(parts);
  });

  it('has a price for saving and loading in the native format too', () => {
    const hosts = { source: 'kvm', destination: 'kvm' } as const;
    const report = finishedLab({ ...SMALL, algorithm: 'stop-and-copy', hosts }).report();
    const { stateMs, lastRoundMs, sendMs, resumeMs } = exists(
      report.downtimeSplit ?? undefined,
      'a split',
    );
    expect(report.translation.bytes).toBe(0);
    expect(stateMs).toBeGreaterThan(0);
    expect(lastRoundMs + stateMs + sendMs + resumeMs).toBeCloseTo(report.downtimeMs, 6);
  });

  it('has no last round when none was sent in the pause, and forgets a pause that came to nothing', () => {
    const pulled = PAUSE.filter(({ at, kind }) => kind !== 'round.ended' || at < 10e6);
    expect(split(pulled)).toEqual({ lastRoundMs: 0, stateMs: 1, sendMs: 33, resumeMs: 3 });
    const first = [happened(1e6, HOST_A, 'vm.paused'), happened(2e6, HOST_A, 'round.ended')];
    expect(split(first)).toBeUndefined();
    expect(split([...first, ...pulled])).toMatchObject({ lastRoundMs: 0 });
  });
});
