import { describe, expect, it } from 'vitest';
import { instant, NEVER } from '../../../src/base/units.ts';
import { HOST_A, HOST_B, packPageDetail } from '../../../src/trace/event.ts';
import { lastWrite, pageLife, sendings } from '../../../src/trace/page-life.ts';
import { Recorder, type TraceChunk } from '../../../src/trace/recorder.ts';
import { newLab, SMALL } from '../../support/labs.ts';

/** Page 7 is sent, arrives, is written again and sent again; page 8 only once. */
function chunks() {
  const a = new Recorder(HOST_A);
  const b = new Recorder(HOST_B);
  a.page(instant(10), 'sent', 7, packPageDetail(1, 'first', false));
  a.page(instant(20), 'sent', 8, packPageDetail(1, 'first', true));
  a.page(instant(30), 'dirtied', 7, 0);
  b.page(instant(25), 'installed', 7, packPageDetail(1, 'first', false));
  a.page(instant(40), 'sent', 7, packPageDetail(2, 'again', false));
  b.page(instant(55), 'installed', 7, packPageDetail(2, 'again', false));
  return [a.take(), b.take()];
}

describe('the life of a page', () => {
  it('is what the trace holds of it and of no other page, in the order of time', () => {
    const life = pageLife(chunks(), 7, NEVER);
    expect(life.map(({ at, kind }) => `${at} ${kind}`)).toEqual([
      '10 sent',
      '25 installed',
      '30 dirtied',
      '40 sent',
      '55 installed',
    ]);
    expect(pageLife(chunks(), 9, NEVER)).toEqual([]);
  });

  it('ends just before the moment shown', () => {
    expect(pageLife(chunks(), 7, instant(30)).map(({ kind }) => kind)).toEqual([
      'sent',
      'installed',
    ]);
  });

  it('tells its rounds, and who wrote it last on each side', () => {
    const life = pageLife(chunks(), 7, NEVER);
    expect(sendings(life).map(({ round, reason }) => `${round} ${reason}`)).toEqual([
      '1 first',
      '2 again',
    ]);
    expect(lastWrite(life, HOST_A, HOST_A)?.at).toBe(30);
    expect(lastWrite(life, HOST_B, HOST_A)?.at).toBe(55);
    expect(sendings(pageLife(chunks(), 8, NEVER))[0]?.zero).toBe(true);
  });

  it('accounts for every page of a real migration', () => {
    const lab = newLab(SMALL);
    const trace: TraceChunk[] = [];
    while (!lab.finished) trace.push(...lab.advance(instant(lab.now + 50_000_000)).chunks);
    let sent = 0;
    for (let gfn = 0; gfn < 512; gfn++) {
      const times = sendings(pageLife(trace, gfn, NEVER)).length;
      expect(times).toBeGreaterThan(0);
      sent += times;
    }
    const report = lab.report();
    expect(sent).toBe(report.normalPages + report.duplicatePages);
  });
});
