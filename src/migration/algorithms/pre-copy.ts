/**
 * Iterative pre-copy, Clark et al. §3.1: rounds while the VM runs, each of the pages dirtied during
 * the one before, until few enough are left or the limit of rounds is reached. Threshold and limit
 * are settings; the policies of real systems are files of their own beside this one.
 *
 * What decides is how many *distinct* pages the guest dirties while a round is sent. A guest that
 * writes without pause to a small hot set dirties only that set, however often it writes.
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  firstRound,
  hopelessness,
  type RoundFacts,
  roundInWords,
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
    if (last === undefined) return { action: 'send-round', reason: firstRound(context) };
    return afterRound(context, last);
  },
};

function afterRound(context: AlgorithmContext, last: RoundFacts): Decision {
  const { pendingPages, settings } = context;
  const { thresholdPages, maxRounds } = settings;
  const facts = `${roundInWords(last)}: ${pendingPages} left`;
  if (pendingPages <= thresholdPages) {
    return { action: 'switch-over', reason: `${facts}, within the threshold of ${thresholdPages}` };
  }
  const over = `${facts}, over the threshold of ${thresholdPages}`;
  if (last.round >= maxRounds) {
    const limit = `but ${maxRounds} rounds are the limit${hopelessness(last)}`;
    return { action: 'switch-over', reason: `${over}, ${limit}` };
  }
  const next = `so round ${last.round + 1} sends them${hopelessness(last)}`;
  return { action: 'send-round', reason: `${over}, ${next}` };
}
