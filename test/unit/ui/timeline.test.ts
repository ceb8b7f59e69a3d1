import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { Recorder } from '../../../src/trace/recorder.ts';
import { Replay } from '../../../src/trace/replay.ts';
import { answeredSpans, axisFor, curvePath, roundSpan, ticks } from '../../../src/ui/timeline.ts';
import { bracketLabel, rowsFor } from '../../../src/ui/timeline-rows.ts';
import { inSight, zoomedOn } from '../../../src/ui/timeline-view.ts';

const MS = 1_000_000;

function pictured(tell: (network: Recorder) => void, now: number) {
  const network = new Recorder(2);
  tell(network);
  const replay = new Replay();
  replay.fold([network.take()], instant(now));
  return replay.picture;
}

const wishes = {
  plannedStart: 100 * MS,
  guessNs: 700 * MS,
  previous: undefined,
  over: false,
  left: 0,
  right: 1000,
};

describe('the axis', () => {
  it('stands still while time passes, until its end is reached', () => {
    const early = axisFor({ picture: pictured(() => {}, 110 * MS), ...wishes });
    const later = axisFor({ picture: pictured(() => {}, 800 * MS), ...wishes });
    expect([early.from, early.to]).toEqual([later.from, later.to]);
    expect(axisFor({ picture: pictured(() => {}, 2000 * MS), ...wishes }).to).toBe(2100 * MS);
  });

  it('fits the whole run when it is over', () => {
    const axis = axisFor({ picture: pictured(() => {}, 637 * MS), ...wishes, over: true });
    expect(axis.x(637 * MS)).toBe(1000);
  });

  it('has a few round marks, from the start of the migration on', () => {
    const marks = ticks(axisFor({ picture: pictured(() => {}, 110 * MS), ...wishes }));
    expect(marks.map(({ label }) => label)).toEqual([
      '0',
      '100 ms',
      '200 ms',
      '300 ms',
      '400 ms',
      '500 ms',
      '600 ms',
      '700 ms',
    ]);
  });

  it.each([
    [1, 1],
    [7, 7.5],
    [760, 1000],
    [1e9 + 1, 1.5e9],
  ])('a span of %d becomes %d', (ns, span) => expect(roundSpan(ns)).toBe(span));
});

describe('the client’s row', () => {
  it('breaks where answers stayed away', () => {
    const picture = pictured((network) => {
      for (let probe = 1; probe <= 9; probe++) {
        const at = probe * 10 * MS;
        network.event(instant(at), 'probe.sent', { probe });
        if (probe < 4 || probe > 6)
          network.event(instant(at + MS), 'probe.answered', { probe, roundTripNs: MS });
      }
    }, 100 * MS);
    expect(answeredSpans(picture)).toEqual([
      { from: 10 * MS, to: 31 * MS },
      { from: 71 * MS, to: 91 * MS },
    ]);
    expect(picture.outage).toEqual({ from: 31 * MS, to: 71 * MS, outageNs: 30 * MS });
  });
});

describe('a curve', () => {
  it('is drawn through its points and on to the end', () => {
    const points = [
      { at: 0, left: 10 },
      { at: 5, left: 4 },
    ];
    expect(
      curvePath(
        points,
        (at) => at * 2,
        (left) => left,
        9,
      ),
    ).toBe('M0.0 10.0L10.0 4.0H18.0');
    expect(
      curvePath(
        [],
        (at) => at,
        (left) => left,
      ),
    ).toBe('');
  });
});

describe('a bracket’s words', () => {
  const sight = { left: 104, right: 900 };
  const rows = rowsFor('full');
  const label = 'VM downtime 15.3 ms';
  const width = label.length * 0.68 * rows.text;

  it('stand on the side that has room', () => {
    expect(bracketLabel(label, { from: 300, to: 310 }, sight, rows).anchor).toBe('start');
    expect(bracketLabel(label, { from: 880, to: 890 }, sight, rows)).toEqual({
      x: 874,
      anchor: 'end',
    });
  });

  it('interrupt the line when they must lie on it', () => {
    const { x, anchor, gap } = bracketLabel(label, { from: 130, to: 880 }, sight, rows);
    expect(anchor).toBe('middle');
    expect(gap?.from).toBeLessThan(x - width / 2);
    expect(gap?.to).toBeGreaterThan(x + width / 2);
  });

  it('are never cut, however long the bracket is and wherever in sight it lies', () => {
    for (let from = -200; from <= sight.right; from += 40)
      for (let to = Math.max(from + 3, sight.left); to < 1200; to += 40) {
        const { x, anchor } = bracketLabel(label, { from, to }, sight, rows);
        const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
        expect(left).toBeGreaterThanOrEqual(sight.left);
        expect(left + width).toBeLessThanOrEqual(sight.right);
      }
  });
});

describe('the part of the axis in sight', () => {
  const whole = { from: 0, to: 1, spacing: 'time' } as const;

  it('is zoomed around the moment shown, wherever that is', () => {
    const near = zoomedOn(whole, 0.5, 0.9);
    expect([near.from, near.to]).toEqual([0.45, 0.95]);
    // From the other end: first into sight, then closer.
    const far = zoomedOn({ ...whole, from: 0.7, to: 0.9 }, 0.5, 0.3);
    expect(far.from).toBeCloseTo(0.25);
    expect(far.to).toBeCloseTo(0.35);
    expect(zoomedOn(near, 100, 0.9)).toEqual(whole);
  });

  it('goes along to a moment that leaves it, and never beyond the axis', () => {
    const seen = { ...whole, from: 0.25, to: 0.5 };
    expect(inSight(seen, 0.625)).toMatchObject({ from: 0.5, to: 0.75 });
    expect(inSight(seen, 0.99).to).toBe(1);
    expect(inSight(seen, 0).from).toBe(0);
  });
});
