import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant, NEVER } from '../../../src/base/units.ts';
import {
  type LabEvent,
  packPageDetail,
  pageIsZero,
  pageReason,
  pageRound,
} from '../../../src/trace/event.ts';
import { TraceHash } from '../../../src/trace/hash.ts';
import { TraceMerger, visitMerged } from '../../../src/trace/merge.ts';
import { Recorder, type TraceChunk } from '../../../src/trace/recorder.ts';
import { eventLine, pageLine, traceText } from '../../../src/trace/text.ts';

function recorded(cuts: number): TraceChunk[] {
  const chunks: TraceChunk[] = [];
  const recorders = [new Recorder(0), new Recorder(1), new Recorder(2)];
  for (let i = 0; i < 300; i++) {
    const recorder = recorders[i % 3];
    const at = instant(Math.floor(i / 2) * 10);
    if (i % 4 === 0) recorder.event(at, 'probe.sent', { probe: i });
    else recorder.page(at, 'sent', i, packPageDetail(2, 'again', i % 5 === 0));
    if (i % cuts === 0) chunks.push(...recorders.map((r) => r.take()));
  }
  chunks.push(...recorders.map((r) => r.take()));
  return chunks;
}

function hashOf(chunks: readonly TraceChunk[]): string {
  const hash = new TraceHash();
  visitMerged(chunks, hash);
  return hash.value();
}

describe('the trace', () => {
  it('packs round, reason and zero flag of a page event and unpacks them', () => {
    const detail = packPageDetail(17, 'demand', true);
    expect([pageRound(detail), pageReason(detail), pageIsZero(detail)]).toEqual([
      17,
      'demand',
      true,
    ]);
  });

  it('has one order: time, party, sequence, however it was cut into chunks', () => {
    const text = traceText(recorded(7));
    expect(text.split('\n').length).toBe(301);
    for (const cuts of [1, 2, 50, 1000]) expect(traceText(recorded(cuts))).toBe(text);
    const times = text
      .trim()
      .split('\n')
      .map((line) => Number.parseInt(line, 10));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('has one hash, however it was cut into chunks, and another when one row differs', () => {
    const reference = hashOf(recorded(7));
    expect(hashOf(recorded(3))).toBe(reference);
    const changed = recorded(7);
    const withPages = exists(
      changed.find(({ pages }) => pages.count > 0),
      'a chunk with page events',
    );
    withPages.pages.gfn[0] ^= 1;
    expect(hashOf(changed)).not.toBe(reference);
  });

  it('hashes on from a saved state', () => {
    const whole = new TraceHash();
    let parts = new TraceHash();
    visitMerged(recorded(7), {
      page(chunk, row) {
        whole.page(chunk, row);
        parts.page(chunk, row);
        parts = new TraceHash(parts.save());
      },
      event(event: LabEvent) {
        whole.event(event);
        parts.event(event);
        parts = new TraceHash(parts.save());
      },
    });
    expect(parts.value()).toBe(whole.value());
    expect(parts.save().rows).toBe(300);
  });

  it('merges up to a moment and keeps the rest', () => {
    const merger = new TraceMerger();
    for (const chunk of recorded(7)) merger.add(chunk);
    const seen: string[] = [];
    const visitor = {
      page: (chunk: TraceChunk, row: number) => seen.push(pageLine(chunk, row)),
      event: (event: LabEvent) => seen.push(eventLine(event)),
    };
    merger.visit(instant(700), visitor);
    const copy = new TraceMerger();
    for (const chunk of merger.pending()) copy.add(chunk);
    expect(seen.length).toBe(140);
    copy.visit(NEVER, visitor);
    expect(`${seen.join('\n')}\n`).toBe(traceText(recorded(7)));
  });
});
