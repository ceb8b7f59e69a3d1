import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { emptyLog, foldClient, followClient } from '../../../src/trace/client-log.ts';
import type { LabEvent } from '../../../src/trace/event.ts';
import type { TraceChunk } from '../../../src/trace/recorder.ts';
import { fate, followWire, passes } from '../../../src/trace/wire-rows.ts';
import { intervalColumns, rateColumns } from '../../../src/ui/inside/client/strip-columns.ts';
import { newLab, type ScenarioInput, SMALL } from '../../support/labs.ts';

function traced(input: ScenarioInput, ms: number): readonly TraceChunk[] {
  return newLab(input).advance(instant(ms * 1e6)).chunks;
}

const chunks = traced(SMALL, 300);
const events = chunks.flatMap((chunk) => chunk.events);
const all = (kind: LabEvent['kind']) => events.filter((event) => event.kind === kind);

describe('what crossed the cables', () => {
  const { rows } = followWire().of(chunks);

  it('has one row for each frame and message that was sent, in their order', () => {
    expect(rows.length).toBe(all('frame.sent').length + all('message.sent').length);
    expect(rows.length).toBeGreaterThan(200);
    const times = rows.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('knows of each whether it arrived, was flooded or was dropped', () => {
    expect(rows.flatMap(({ received }) => received).length).toBe(
      all('frame.received').length + all('message.received').length,
    );
    expect(rows.flatMap(({ dropped }) => dropped).length).toBe(
      all('frame.dropped').length + all('message.dropped').length,
    );
    const first = rows.find(({ type }) => type === 'ARP');
    expect(first).toMatchObject({ from: '52:54:00:00:00:09', to: 'everyone', flooded: true });
    expect(first && fate(first, instant(300e6))).toBe('arrived, flooded');
    expect(first && fate(first, first.at)).toBe('on its way');
  });

  it('is filtered by protocol, by words, and by what did not arrive', () => {
    const kept = (
      ...filter: Parameters<typeof passes> extends [unknown, ...infer Rest] ? Rest : []
    ) => rows.filter((row) => passes(row, ...filter));
    expect(new Set(kept('arp', '').map(({ type }) => type))).toEqual(new Set(['ARP', 'RARP']));
    expect(kept('migration', '').length).toBe(all('message.sent').length);
    expect(kept('udp', 'PROBE 0x85').length).toBeGreaterThan(0);
    expect(kept('lost', '').every(({ received }) => received.length === 0)).toBe(true);
    expect(kept('all', '').length).toBe(rows.length);
  });

  it('comes to the same when it is looked at piece by piece, and starts anew for another run', () => {
    const lab = newLab(SMALL);
    const grown: TraceChunk[] = [];
    const follow = followWire();
    for (let ms = 20; ms <= 300; ms += 20) {
      grown.push(...lab.advance(instant(ms * 1e6)).chunks);
      follow.of(grown);
    }
    expect(follow.of(grown).rows).toEqual(rows);
    expect(follow.of(chunks.slice(0, 0)).rows).toEqual([]);
  });
});

describe('what the client saw', () => {
  const at = (ms: number, event: Record<string, unknown>): LabEvent =>
    ({ at: ms * 1e6, party: 2, sequence: ms, ...event }) as unknown as LabEvent;

  it('has the gap before each answer, as the trace has them', () => {
    const log = followClient().of(chunks);
    const answers = all('probe.answered').map((event) => event.at);
    expect(answers.length).toBeGreaterThan(15);
    expect(log.answers.map(({ gapNs }) => gapNs)).toEqual(
      answers.slice(1).map((moment, i) => moment - answers[i]),
    );
  });

  it('tells a late answer from one in time, and a lost request from both', () => {
    const log = emptyLog();
    foldClient(log, at(0, { kind: 'probe.answered', probe: 0, roundTripNs: 1 }));
    foldClient(log, at(10, { kind: 'probe.lost', probe: 1 }));
    foldClient(log, at(20, { kind: 'probe.answered', probe: 2, roundTripNs: 1 }));
    foldClient(log, at(30, { kind: 'probe.answered', probe: 1, roundTripNs: 25e6 }));
    expect(log.answers.map(({ late }) => late)).toEqual([false, true]);
    const columns = intervalColumns(log.answers, log.losses, { from: 0, to: 40e6 }, 4);
    expect(columns).toEqual([
      { value: 0, lost: false, late: false },
      { value: 0, lost: true, late: false },
      { value: 20e6, lost: false, late: false },
      { value: 10e6, lost: false, late: true },
    ]);
  });

  it('spreads what a download brought over the time it took', () => {
    const log = emptyLog();
    foldClient(log, at(0, { kind: 'fetch.started', fetch: 0, path: '/' }));
    foldClient(log, at(20, { kind: 'fetch.progress', fetch: 0, bytes: 2000, total: 3000 }));
    foldClient(log, at(30, { kind: 'fetch.finished', fetch: 0, bytes: 3000, trouble: '' }));
    const rates = rateColumns(log.rates, { from: 0, to: 40e6 }, 4);
    expect(rates.map(Math.round)).toEqual([800_000, 800_000, 800_000, 0]);
  });
});
