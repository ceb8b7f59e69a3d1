/**
 * The policy of Xen since 4.9 (libxc, xg_sr_save.c, simple_precopy_policy): five rounds at most, or
 * until fewer than 50 pages are dirty.
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  firstRound,
  hopelessness,
  roundInWords,
} from './algorithm.ts';

/** SPP_MAX_ITERATIONS */
const MAX_ROUNDS = 5;
/** SPP_TARGET_DIRTY_COUNT */
const TARGET_PAGES = 50;

export const preCopyXen: Algorithm = {
  id: 'pre-copy-xen',
  title: 'Pre-copy as in Xen',
  explanation:
    'Pre-copy by the policy of the Xen tool stack: at most 5 rounds, or until fewer than 50 pages are dirty. ' +
    'Neither the bandwidth nor the downtime enters into it, so a busy guest is paused after round 5 for however long the rest takes.',
  decide(context: AlgorithmContext): Decision {
    const last = context.rounds.at(-1);
    if (last === undefined) return { action: 'send-round', reason: firstRound(context) };
    const { pendingPages } = context;
    const facts = `${roundInWords(last)}: ${pendingPages} left`;
    if (pendingPages < TARGET_PAGES)
      return { action: 'switch-over', reason: `${facts}, fewer than ${TARGET_PAGES}` };
    if (last.round >= MAX_ROUNDS) {
      const limit = `not fewer than ${TARGET_PAGES}, but ${MAX_ROUNDS} rounds are the limit`;
      return { action: 'switch-over', reason: `${facts}, ${limit}${hopelessness(last)}` };
    }
    const next = `not fewer than ${TARGET_PAGES}, so round ${last.round + 1} sends them`;
    return { action: 'send-round', reason: `${facts}, ${next}${hopelessness(last)}` };
  },
};
