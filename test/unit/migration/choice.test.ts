import { describe, expect, it } from 'vitest';
import { duration, milliseconds } from '../../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { ALGORITHMS } from '../../../src/migration/algorithms/registry.ts';
import { chooseAtRandom } from '../../../src/migration/choice.ts';
import { chooseByTargets, rehearseAll } from '../../../src/migration/qos-choice.ts';
import { pagesWritten, rehearse, type Survey } from '../../../src/migration/rehearsal.ts';
import { defaultSettings, type QosTargets } from '../../../src/migration/settings.ts';
import { FakePair } from '../../support/fake-pair.ts';

const RATE = 100_000_000;
const survey = (change: Partial<Survey> = {}): Survey => ({
  totalPages: 1000,
  zeroPages: 100,
  writes: [
    { time: milliseconds(100), pages: 40 },
    { time: milliseconds(300), pages: 60 },
  ],
  faultCost: duration(3000),
  bitsPerSecond: RATE,
  roundTrip: milliseconds(2),
  settings: defaultSettings(RATE),
  ...change,
});
const targets = (change: Partial<QosTargets> = {}): QosTargets => ({
  downtime: undefined,
  totalTime: undefined,
  slowdownPercent: undefined,
  bytes: undefined,
  ...change,
});

describe('the curve of writes', () => {
  it('goes through what was seen, on straight lines, and on at the last slope', () => {
    const at = (ms: number) => pagesWritten(survey(), milliseconds(ms));
    expect([0, 50, 100, 200, 300, 500].map(at)).toEqual([0, 20, 40, 50, 60, 80]);
    expect(at(1_000_000)).toBe(1000);
  });
});

describe('a rehearsal', () => {
  it.each(ALGORITHM_IDS)('of %s gives whole, sound figures', (id) => {
    const { downtime, totalTime, slowdown, bytes, ends } = rehearse(ALGORITHMS[id], survey());
    expect(ends).toBe(true);
    for (const figure of [downtime, totalTime, slowdown, bytes])
      expect(Number.isSafeInteger(figure)).toBe(true);
    expect(downtime).toBeGreaterThan(0);
    expect(totalTime).toBeGreaterThanOrEqual(downtime);
    expect(bytes).toBeGreaterThan(800 * 4096);
  });

  it('knows that QEMU’s rule does not end for a guest that dirties too much', () => {
    const writes = [{ time: milliseconds(10), pages: 900 }];
    const settings = { ...defaultSettings(RATE), downtimeLimit: milliseconds(10) };
    expect(rehearse(ALGORITHMS['pre-copy-qemu'], survey({ writes, settings })).ends).toBe(false);
  });

  it('has the downtimes in the order of the textbook', () => {
    const down = (id: (typeof ALGORITHM_IDS)[number]) =>
      rehearse(ALGORITHMS[id], survey()).downtime;
    expect(down('pull')).toBeLessThan(down('pre-copy'));
    expect(down('pre-copy')).toBeLessThan(down('stop-and-copy'));
  });
});

describe('the choice', () => {
  const candidates = (wanted: QosTargets) => rehearseAll(ALGORITHM_IDS, survey(), wanted);

  it('by bytes alone takes one that sends no page twice', () => {
    const { id } = chooseByTargets(candidates(targets({ bytes: 900 * 4104 + 100 * 8 })));
    expect([
      'stop-and-copy',
      'pull',
      'pull-on-demand',
      'pull-pre-paging',
      'retransmission-free',
    ]).toContain(id);
  });

  it('by slowdown alone takes none that pulls', () => {
    const { id, reason } = chooseByTargets(candidates(targets({ slowdownPercent: 1 })));
    expect(id.startsWith('pull')).toBe(false);
    expect(reason).toMatch(
      /^\d+ of 13 would keep all targets, this one with the shortest downtime: downtime /,
    );
  });

  it('says so when nothing keeps the targets, and takes what misses least', () => {
    const { id, reason } = chooseByTargets(candidates(targets({ downtime: duration(1000) })));
    expect(['pull', 'pull-pre-paging', 'pull-on-demand', 'hybrid']).toContain(id);
    expect(reason).toMatch(
      /^none of 13 would keep all targets; this one misses by the least, \d+ %/,
    );
  });

  it('at random depends on the seed alone, and reaches every candidate', () => {
    const drawn = Array.from({ length: 300 }, (_, seed) => chooseAtRandom(ALGORITHM_IDS, seed).id);
    expect(new Set(drawn).size).toBe(ALGORITHM_IDS.length);
    expect(chooseAtRandom(ALGORITHM_IDS, 7)).toEqual(chooseAtRandom(ALGORITHM_IDS, 7));
  });
});

describe('a migration whose algorithm is chosen by the source [HS-8]', () => {
  const chosen = (pair: FakePair) =>
    pair.kinds('choice.made')[0] as unknown as { algorithm: string; reason: string; by: string };
  const agreed = (pair: FakePair) =>
    (pair.kinds('migration.negotiated')[0] as unknown as { algorithm: string }).algorithm;

  it('by targets watches the guest, tells what it expects of each, and moves it', () => {
    const pair = new FakePair()
      .start('stop-and-copy', { by: 'qos', targets: targets({ downtime: milliseconds(20) }) })
      .finish();
    expect(pair.source.status).toBe('completed');
    expect(pair.kinds('choice.predicted')).toHaveLength(ALGORITHM_IDS.length);
    expect(agreed(pair)).toBe(chosen(pair).algorithm);
    expect(agreed(pair)).not.toBe('stop-and-copy');
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('takes only what both offer, in whatever way', () => {
    for (const choice of [
      { by: 'random', seed: 3 } as const,
      { by: 'qos', targets: targets() } as const,
    ]) {
      const algorithms = [['pre-copy', 'pull', 'hybrid'], ['hybrid']] as const;
      const pair = new FakePair({ algorithms }).start('pre-copy', choice).finish();
      expect(agreed(pair)).toBe('hybrid');
      expect(pair.source.status).toBe('completed');
    }
  });

  it('is refused when nothing is common, naming both offers', () => {
    const algorithms = [['pre-copy'], ['pull']] as const;
    const pair = new FakePair({ algorithms }).start('pre-copy', { by: 'random', seed: 3 }).finish();
    expect(pair.source.statistics().reason).toContain('is not offered by both hosts');
    expect(pair.equalsTwin(0)).toBe(true);
  });
});
