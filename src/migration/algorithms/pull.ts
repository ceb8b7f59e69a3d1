/**
 * Post-copy ("pull") with active push, Hines and Gopalan, VEE 2009, §3: the CPU state goes first, the
 * destination runs at once, pages it touches are asked for, and the rest is pushed meanwhile.
 */
import { type Algorithm, type AlgorithmContext, type Decision, pagesInWords } from './algorithm.ts';

export const pull: Algorithm = {
  id: 'pull',
  title: 'Pull (post-copy)',
  explanation:
    'The VM is paused just long enough to send its CPU state, then runs at the destination without its memory. ' +
    'A page that the guest touches before it has come is asked for, and the guest waits a round trip for it; all others are pushed, going on from the last page asked for. ' +
    'Each page crosses once and the downtime is the shortest, but the VM is slow at first, and until the last page has come it needs both hosts.',
  decide(context: AlgorithmContext): Decision {
    if (context.moment === 'handed-over') {
      return {
        action: 'send-round',
        reason: `the destination runs: ${pagesInWords(context.pendingPages)} are pushed in address order, those it asks for before all others`,
      };
    }
    return {
      action: 'run-destination',
      reason: `the CPU state goes first, ${pagesInWords(context.pendingPages)} follow while the VM runs there`,
    };
  },
};
