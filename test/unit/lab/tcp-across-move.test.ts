/**
 * Case 42: a TCP stream of known bytes across the move, in each state that the connection goes
 * through: no byte lost, doubled or out of order, and the connection not reset.
 */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import type { AlgorithmId } from '../../../src/migration/algorithms/ids.ts';
import { LabStory } from '../../support/lab-story.ts';
import { KINDS_OF_COURSE, newLab, SMALL } from '../../support/labs.ts';

const BYTES = 20_000;
const MILLISECOND = 1e6;
/** No migration before this; by then a download is running. */
const SETTLED_MS = 1250;

const story = (algorithm: AlgorithmId, startMs: number, bytes = BYTES) =>
  new LabStory(
    newLab({
      ...SMALL,
      algorithm,
      vm: { guest: 'idle-pc', memoryMiB: 2 },
      network: {
        ...SMALL.network,
        probe: 'ping',
        fetch: { path: `/file/${bytes}`, startMs: 0, repeatAfterMs: 3 },
      },
      migration: { ...SMALL.migration, startMs, runOnMs: 700, limitMs: 20_000 },
    }),
  );

const phaseOf = (run: LabStory): string => run.client.fetcher?.connection?.phase ?? 'none';

/** When the client's connection goes through each of its states. */
function spansOfStates(): Map<string, { from: number; to: number }> {
  const run = story('stop-and-copy', 19_000).advance(SETTLED_MS * MILLISECOND);
  const spans = new Map<string, { from: number; to: number }>();
  const end = run.lab.now + 60 * MILLISECOND;
  let last = phaseOf(run);
  let from = 0;
  while (run.lab.now < end) {
    run.advance(run.lab.now + 0.02 * MILLISECOND);
    const phase = phaseOf(run);
    if (phase === last) continue;
    if (from > 0 && !spans.has(last)) spans.set(last, { from, to: run.lab.now });
    [last, from] = [phase, run.lab.now];
  }
  return spans;
}

/** A run whose VM has just been paused, at this moment or near it: the request has its own way to go. */
function pausedNear(moment: number): LabStory {
  let startNs = moment - 9 * MILLISECOND;
  for (let attempt = 0; ; attempt++) {
    const run = story('stop-and-copy', startNs / MILLISECOND).until('vm.paused');
    const late = run.at('vm.paused') - moment;
    if (Math.abs(late) < 0.1 * MILLISECOND || attempt === 3) return run;
    startNs -= late;
  }
}

/** Where in a state: how much of it is over. */
const CATCHES = [
  { phase: 'syn-sent', over: 0.5 },
  { phase: 'established', over: 0.1 },
  { phase: 'established', over: 0.5 },
  { phase: 'established', over: 0.95 },
  { phase: 'last-ack', over: 0.5 },
] as const;

describe('a TCP connection to a VM that moves', () => {
  const spans = spansOfStates();

  it.each(CATCHES)(
    'survives a move in state $phase, $over of it over [case 42]',
    ({ phase, over }) => {
      const { from, to } = exists(spans.get(phase), phase);
      const run = pausedNear(from + over * (to - from));
      expect(phaseOf(run)).toBe(phase);
      const fetch = exists(run.client.fetcher?.counts, 'downloads').started - 1;
      run.finish();
      expect(run.lab.report()).toMatchObject({ status: 'completed', error: null });
      const downloads = run.all('fetch.finished');
      for (const { trouble, bytes, wrongBytes } of downloads)
        expect([trouble, bytes, wrongBytes]).toEqual(['', BYTES, 0]);
      expect(downloads.map((one) => one.fetch)).toEqual(downloads.map((_, i) => i));
      expect(downloads.length).toBeGreaterThan(fetch + 2);
    },
  );

  it.each(KINDS_OF_COURSE)(
    'carries a stream of a million bytes through the whole of %s',
    (kind) => {
      const run = story(kind, SETTLED_MS, 1_000_000).finish();
      expect(run.lab.report()).toMatchObject({ status: 'completed', error: null });
      const [whole] = run.all('fetch.finished');
      expect(whole).toMatchObject({ fetch: 0, trouble: '', bytes: 1_000_000, wrongBytes: 0 });
      expect(run.at('fetch.started')).toBeLessThan(SETTLED_MS * MILLISECOND);
      expect(whole?.at).toBeGreaterThan(run.at('vm.activated'));
    },
  );
});
