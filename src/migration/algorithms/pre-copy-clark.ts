/**
 * Clark et al., NSDI 2005, §3.2 and §5: dynamic rate-limiting. Round 1 has the minimum rate; each
 * further round the rate at which the one before was dirtied, and a constant more. The rounds end
 * when that would be over the maximum, or when less than 256 KB is left. Pages dirty again already
 * are skipped (§5.2); because neighbours are written together, pages are scanned in pseudo-random
 * order. A guest that dirties without measure is stunned: after 40 write faults in a round, each
 * further one waits (§5.3). There it is the process that waits, put aside by the guest's own kernel;
 * a VMM that knows of no processes can only let the writer's processor wait, with all that runs on it.
 */
import { milliseconds } from '../../base/units.ts';
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  pagesInWords,
  pagesToBytes,
  type RoundFacts,
  roundInWords,
} from './algorithm.ts';

const SMALL_REST_BYTES = 256 * 1024;
const STUN_FAULTS = 40;
/** Chosen: long enough to hold a writer back, short enough that nobody times out. */
const STUN_STALL = milliseconds(2);
/** A rogue writes faster than any rate the migration may take. */
const STUN = { writes: STUN_FAULTS, stall: STUN_STALL };

const ROUND = { action: 'send-round', skipDirty: true, scatter: true } as const;

export const preCopyClark: Algorithm = {
  id: 'pre-copy-clark',
  title: 'Pre-copy as in Clark et al.',
  explanation:
    'Pre-copy that spares the network at first: round 1 has the minimum rate, each later round a little more than the guest dirtied in the one before. ' +
    'It ends below 256 KB, or when the guest dirties faster than the maximum rate. Pages already dirty again are skipped, and rogue writers are stunned.',
  decide(context: AlgorithmContext): Decision {
    const { settings } = context;
    const last = context.rounds.at(-1);
    if (last === undefined) {
      const rate = inMegabits(settings.minimumRate);
      const reason = `round 1 sends all ${pagesInWords(context.pendingPages)} at the minimum rate of ${rate}`;
      return { ...ROUND, bitsPerSecond: settings.minimumRate, reason };
    }
    return afterRound(context, last);
  },
};

function afterRound({ pendingPages, settings }: AlgorithmContext, last: RoundFacts): Decision {
  const dirtied = dirtyRate(last);
  const wanted = dirtied + settings.rateStep;
  const facts = `${roundInWords(last)}, ${inMegabits(dirtied)}: ${pagesInWords(pendingPages)} left`;
  if (pagesToBytes(pendingPages) < SMALL_REST_BYTES)
    return { action: 'switch-over', reason: `${facts}, less than 256 KB` };
  if (wanted > settings.maximumRate) {
    const over = `${inMegabits(wanted)} would be over the maximum of ${inMegabits(settings.maximumRate)}`;
    return { action: 'switch-over', reason: `${facts}; to keep ahead, ${over}` };
  }
  const bitsPerSecond = Math.max(settings.minimumRate, wanted);
  const step = inMegabits(settings.rateStep);
  const reason = `${facts}, so round ${last.round + 1} sends them at ${inMegabits(bitsPerSecond)}, ${step} more than was dirtied`;
  const round = { ...ROUND, bitsPerSecond };
  if (last.dirtiedPages < last.sentPages + last.skippedPages) return { ...round, reason };
  return {
    ...round,
    stun: STUN,
    reason: `${reason}; the writer is stunned after ${STUN_FAULTS} faults`,
  };
}

/** Bits a second; reckoned by the millisecond, in whole numbers. */
function dirtyRate({ dirtiedPages, duration }: RoundFacts): number {
  const span = Math.max(1, Math.ceil(duration / 1e6));
  return Math.floor((pagesToBytes(dirtiedPages) * 8) / span) * 1000;
}

const inMegabits = (bitsPerSecond: number): string =>
  `${Math.round(bitsPerSecond / 1e5) / 10} Mbit/s`;
