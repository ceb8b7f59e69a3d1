/**
 * Iterative pre-copy, Clark et al. §3.1 and Xen's simple_precopy_policy: rounds while the VM runs,
 * each of the pages dirtied during the one before, until few enough are left or the limit of
 * rounds is reached.
 *
 * What decides is how many *distinct* pages the guest dirties while a round is sent. A guest that
 * writes without pause to a small hot set dirties only that set, however often it writes.
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  pagesInWords,
  type RoundFacts,
} from './algorithm.ts';

export const preCopy: Algorithm = {
  id: 'pre-copy',
  title: 'Pre-copy',
  explanation:
    'The memory is sent in rounds while the VM runs: first every page, then again the pages written meanwhile. ' +
    'When few enough are left the VM is paused for the rest. The downtime is short if the guest dirties fewer distinct pages ' +
    'in a round than the round sends; if not, the rounds do not shrink and the limit of rounds ends them.',
  decide(context: AlgorithmContext): Decision {
    const last = context.rounds.at(-1);
    if (last === undefined) {
      return {
        action: 'send-round',
        reason: `round 1 sends all ${pagesInWords(context.totalPages)} while the VM runs`,
      };
    }
    return afterRound(context, last);
  },
};

function afterRound(context: AlgorithmContext, last: RoundFacts): Decision {
  const { pendingPages, settings } = context;
  const { thresholdPages, maxRounds } = settings;
  const { round } = last;
  const facts = `${pagesInWords(last.dirtiedPages)} dirtied while round ${round} sent ${last.sentPages}`;
  if (pendingPages <= thresholdPages) {
    return {
      action: 'switch-over',
      reason: `${facts}: ${pendingPages} left, within the threshold of ${thresholdPages}`,
    };
  }
  if (round >= maxRounds) {
    return {
      action: 'switch-over',
      reason: `${facts}: ${pendingPages} left, over the threshold of ${thresholdPages}, but ${maxRounds} rounds are the limit${hopeless(last)}`,
    };
  }
  return {
    action: 'send-round',
    reason: `${facts}: ${pendingPages} left, over the threshold of ${thresholdPages}, so round ${round + 1} sends them${hopeless(last)}`,
  };
}

/** Whether the last round got nearer to the end at all. */
function hopeless(last: RoundFacts): string {
  return last.dirtiedPages >= last.sentPages ? '; the rounds are not shrinking' : '';
}
