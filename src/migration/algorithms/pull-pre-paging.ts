/**
 * Post-copy with adaptive pre-paging, Hines and Gopalan, VEE 2009, §3.2: the push spreads like a
 * bubble from the page of the last fault, the pivot, to both sides, because a guest that touched
 * one page touches its neighbours next. Several pivots follow a guest with several loci of
 * reference; spreading forward only suits one that runs through memory.
 */
import { type Algorithm, type AlgorithmContext, type Decision, pagesInWords } from './algorithm.ts';

export const pullPrePaging: Algorithm = {
  id: 'pull-pre-paging',
  title: 'Pull with pre-paging',
  explanation:
    'The VM runs at the destination at once. Pages are pushed around the ones it last had to ask for, outwards on both sides, since what lies near them is likely needed next. ' +
    'With several such pivots the push follows a guest that works in several places. Fewer pages have to be asked for, and the guest waits less.',
  decide(context: AlgorithmContext): Decision {
    const pending = pagesInWords(context.pendingPages);
    const { pivots, spread } = context.settings;
    if (context.moment !== 'handed-over')
      return { action: 'run-destination', reason: `the CPU state goes first, ${pending} follow` };
    const around = pivots === 1 ? 'the last page asked for' : `the last ${pivots} pages asked for`;
    const ways = spread === 'forward' ? 'upwards from' : 'on both sides of';
    const reason = `the destination runs: ${pending} are pushed ${ways} ${around}`;
    return { action: 'send-round', pivots, reason };
  },
};
