import { beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { LabRunner } from '../../../src/lab/lab-runner.ts';
import type { MigrationReport } from '../../../src/lab/report.ts';
import { guestSpeed, reasonFigures, roundFigures } from '../../../src/store/chart-figures.ts';
import { History } from '../../../src/store/history.ts';
import { guestImage, type ScenarioInput, SMALL, scenario } from '../../support/labs.ts';

/** A run's whole trace as the page keeps it, and its report. */
async function ran(input: ScenarioInput): Promise<{ history: History; report: MigrationReport }> {
  const runner = new LabRunner({ loadGuest: async ({ guest }) => ok(guestImage(guest)) });
  const history = new History();
  for (const update of [await runner.open(scenario(input)), await runner.finish()]) {
    if (!update.ok) throw new Error(update.error);
    history.add(update.value.chunks, update.value.now);
    history.show(update.value.now);
    if (update.value.report) return { history, report: update.value.report };
  }
  throw new Error('the migration ended');
}

const PRE_COPY = await ran({ ...SMALL, algorithm: 'pre-copy' });
const PULL = await ran({ ...SMALL, algorithm: 'pull' });
/** Every test stands at the end first. */
beforeEach(() => {
  for (const { history } of [PRE_COPY, PULL]) history.show(history.frontier);
});

describe('the rounds’ charts', () => {
  it('have the figures of the report, round by round', () => {
    const { history, report } = PRE_COPY;
    const shown = roundFigures(history.picture);
    expect(shown.length).toBeGreaterThan(2);
    expect(shown.map(({ round, sent }) => [round, sent])).toEqual(
      report.iterations.map(({ index, sentPages }) => [index, sentPages]),
    );
    expect(shown.map(({ left }) => left)).toEqual(
      report.iterations.map(({ dirtyPages }) => dirtyPages),
    );
    expect(shown.at(-1)).toMatchObject({ paused: true, left: 0 });
  });

  it('show no rounds of a pull, which has none', () => {
    const { history } = PULL;
    for (const round of roundFigures(history.picture))
      expect([round.dirtied, round.left]).toEqual([undefined, undefined]);
  });
});

describe('bytes by reason', () => {
  it.each([
    ['pre-copy', PRE_COPY, ['first', 'again']],
    ['pull', PULL, ['demand', 'push']],
  ] as const)('add up to all that a %s sent', (_, run, reasons) => {
    const { history } = run;
    const { picture, sends } = history;
    const found = reasonFigures(sends, picture);
    const sum = (of: (figures: (typeof found)[number]) => number) =>
      found.reduce((all, figures) => all + of(figures), 0);
    expect(sum(({ bytes }) => bytes)).toBe(picture.bytesSent);
    expect(sum(({ pages }) => pages)).toBe(picture.pages.pagesSent);
    const used = found.filter(({ pages }) => pages > 0).map(({ reason }) => reason);
    expect(used).toEqual(reasons);
    for (const { bytes, pages, zero } of found.slice(0, -1))
      expect(bytes).toBeGreaterThanOrEqual((pages - zero) * 4096);
  });

  it('are those up to the moment shown', () => {
    const { history } = PRE_COPY;
    const { sends, picture } = history;
    const whole = reasonFigures(sends, picture)[1].bytes;
    history.show((picture.startedAt ?? 0) + 1);
    expect(reasonFigures(sends, history.picture)[1].bytes).toBeLessThan(whole);
  });
});

describe('the guest’s speed', () => {
  it('is nothing while the VM is paused, and nearly all before', () => {
    const { history } = PRE_COPY;
    const { picture, events } = history;
    const { startedAt = instant(0), downtime } = picture;
    const { from = 0, to = 0 } = downtime ?? {};
    const at = (moment: number) => {
      history.show(moment);
      return guestSpeed(history.picture, events, startedAt, 400);
    };
    const before = at(from - 1);
    expect(before).toHaveLength(400);
    expect(Math.min(...before.map(({ share }) => share))).toBeGreaterThan(0.9);
    // Every first write to a page under the log costs the guest a fault.
    expect(Math.min(...before.map(({ share }) => share))).toBeLessThan(1);
    const after = at(to);
    const down = after.filter((slot) => slot.from >= from && slot.to <= to);
    expect(down.length).toBeGreaterThan(0);
    expect(down.map(({ share }) => share)).toEqual(down.map(() => 0));
  });

  it('falls when pages are missing', () => {
    const { history } = PULL;
    const { picture, events } = history;
    const runsAt = picture.downtime?.to ?? 0;
    const slots = guestSpeed(picture, events, runsAt, 10);
    expect(slots[0].share).toBeLessThan(0.9);
    expect(slots.at(-1)?.share).toBe(1);
  });
});
