/**
 * The policy of Xen up to 4.5 (libxc, xc_domain_save.c): 29 rounds at most, or until fewer than 50
 * pages are left, or until more than three times the memory has been sent. A page that the log
 * shows as written again is left out of the round (its `to_skip`).
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  firstRound,
  hopelessness,
  pagesInWords,
  type RoundFacts,
  roundInWords,
} from './algorithm.ts';

const MAX_ROUNDS = 29;
const TARGET_PAGES = 50;
const MAX_MEMORY_FACTOR = 3;

export const preCopyXenLegacy: Algorithm = {
  id: 'pre-copy-xen-legacy',
  title: 'Pre-copy as in early Xen',
  explanation:
    'Pre-copy by the policy that Xen had for ten years: until fewer than 50 pages are left, but at most 29 rounds and three times the memory. ' +
    'Pages that are dirty again already are skipped. A guest that does not converge is sent nearly three times over and then paused all the same.',
  decide(context: AlgorithmContext): Decision {
    const last = context.rounds.at(-1);
    if (last === undefined)
      return { action: 'send-round', skipDirty: true, reason: firstRound(context) };
    const facts = `${roundInWords(last)}: ${context.pendingPages} left`;
    const end = reasonToEnd(context, last);
    if (end !== undefined) return { action: 'switch-over', reason: `${facts}, ${end}` };
    const next = `not fewer than ${TARGET_PAGES}, so round ${last.round + 1} sends them`;
    const reason = `${facts}, ${next}${hopelessness(last)}`;
    return { action: 'send-round', skipDirty: true, reason };
  },
};

function reasonToEnd(context: AlgorithmContext, last: RoundFacts): string | undefined {
  const { pendingPages, rounds, totalPages } = context;
  if (pendingPages < TARGET_PAGES) return `fewer than ${TARGET_PAGES}`;
  const but = `not fewer than ${TARGET_PAGES}, but`;
  if (last.round >= MAX_ROUNDS)
    return `${but} ${MAX_ROUNDS} rounds are the limit${hopelessness(last)}`;
  const sent = rounds.reduce((sum, round) => sum + round.sentPages, 0);
  if (sent <= MAX_MEMORY_FACTOR * totalPages) return undefined;
  const memory = `${MAX_MEMORY_FACTOR} times the memory of ${totalPages}`;
  return `${but} ${pagesInWords(sent)} have been sent, over ${memory}${hopelessness(last)}`;
}
