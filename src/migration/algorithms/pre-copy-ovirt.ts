/**
 * oVirt's migration policy "Minimal downtime": the rule of QEMU with a downtime limit that begins at
 * 100 ms and is raised step by step while the rounds stall, to 500 ms; stalling on ends it.
 * A round stalls when it leaves no fewer pages than the best round before it.
 */
import type { Duration } from '../../base/units.ts';
import { milliseconds } from '../../base/units.ts';
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  firstRound,
  inMilliseconds,
  pagesWithin,
  type RoundFacts,
  roundInWords,
} from './algorithm.ts';

/** From so many stalls on, this limit holds. */
const LADDER: readonly { readonly stalls: number; readonly limit: Duration }[] = [
  { stalls: 0, limit: milliseconds(100) },
  { stalls: 1, limit: milliseconds(150) },
  { stalls: 2, limit: milliseconds(200) },
  { stalls: 3, limit: milliseconds(300) },
  { stalls: 4, limit: milliseconds(400) },
  { stalls: 5, limit: milliseconds(500) },
];
const MOST_STALLS = 6;

export const preCopyOvirt: Algorithm = {
  id: 'pre-copy-ovirt',
  title: 'Pre-copy with a downtime ladder',
  explanation:
    'Pre-copy as oVirt manages it: the downtime limit begins at 100 ms, and each round that brings no progress raises it, to 150, 200, 300, 400 and 500 ms. ' +
    'If the guest stalls the rounds even then, the migration is given up and the VM stays where it is.',
  decide(context: AlgorithmContext): Decision {
    const last = context.rounds.at(-1);
    if (last === undefined) return { action: 'send-round', reason: firstRound(context) };
    const { pendingPages, bytesPerSecond } = context;
    const stalls = stalledRounds(context.rounds);
    const limit = LADDER.findLast((step) => step.stalls <= stalls)?.limit ?? milliseconds(0);
    const threshold = pagesWithin(bytesPerSecond, limit);
    const facts = `${roundInWords(last)}: ${pendingPages} left`;
    const measure = `${threshold} that cross in ${inMilliseconds(limit)}`;
    if (pendingPages <= threshold)
      return { action: 'switch-over', reason: `${facts}, within the ${measure}` };
    const stalled = `${stalls} rounds have brought no progress`;
    if (stalls >= MOST_STALLS)
      return { action: 'abort', reason: `${facts}, over the ${measure}, and ${stalled}` };
    const next = `so round ${last.round + 1} sends them; ${stalled}`;
    return { action: 'send-round', reason: `${facts}, over the ${measure}, ${next}` };
  },
};

function stalledRounds(rounds: readonly RoundFacts[]): number {
  let best = Number.MAX_SAFE_INTEGER;
  let stalls = 0;
  for (const { dirtiedPages } of rounds) {
    if (dirtiedPages >= best) stalls += 1;
    best = Math.min(best, dirtiedPages);
  }
  return stalls;
}
