/**
 * Stop-and-copy: the whole of Clark et al. §3.1's second phase and nothing else. The simplest
 * algorithm there is, and therefore the one to start from when writing another:
 *
 * 1. Copy this file, give it an id in `ids.ts` and a line in `registry.ts`; the contract suite and
 *    the picker find it there.
 * 2. `decide` is asked at the moments that `Moment` names. Answer from the context alone: no
 *    state, no clock, no randomness, so that the same run always takes the same course.
 * 3. Say why. The reason is shown to people who are learning: write it for them, with the figures
 *    that decided.
 */
import { type Algorithm, type AlgorithmContext, type Decision, pagesInWords } from './algorithm.ts';

export const stopAndCopy: Algorithm = {
  id: 'stop-and-copy',
  title: 'Stop and copy',
  explanation:
    'The VM is paused, every page and the CPU state are sent, and it goes on at the destination. ' +
    'Each page crosses the link exactly once, so the total time is the shortest there is for a whole copy; ' +
    'but the VM stands still all that time.',
  decide(context: AlgorithmContext): Decision {
    return {
      action: 'switch-over',
      reason: `this algorithm sends everything while the VM stands still: ${pagesInWords(context.pendingPages)}`,
    };
  },
};
