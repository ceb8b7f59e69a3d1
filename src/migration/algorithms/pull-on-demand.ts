/**
 * Post-copy by demand paging alone, Hines and Gopalan, VEE 2009, §3.1: nothing crosses that was not
 * asked for. It leaves what they call residual dependencies, for as long as the guest has not
 * touched every page; so when it has asked for nothing for a while, the rest is fetched.
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  inMilliseconds,
  pagesInWords,
} from './algorithm.ts';

export const pullOnDemand: Algorithm = {
  id: 'pull-on-demand',
  title: 'Pull on demand only',
  explanation:
    'The VM runs at the destination at once, and each page crosses when the guest first touches it; for every one of them the guest waits a round trip. ' +
    'Pages that it never touches stay at the source, so the source is needed without end. Here the rest follows when the guest has been quiet for a while.',
  watches: true,
  decide(context: AlgorithmContext): Decision {
    const pending = pagesInWords(context.pendingPages);
    const { quietTime } = context.settings;
    if (context.moment === 'handed-over')
      return {
        action: 'wait',
        reason: `the destination runs: ${pending} stay here until asked for`,
      };
    if (context.moment !== 'tick')
      return {
        action: 'run-destination',
        reason: `the CPU state goes first; ${pending} stay here`,
      };
    if (context.sinceRequest < quietTime)
      return { action: 'wait', reason: 'the guest still asks for pages' };
    const quiet = `nothing was asked for in ${inMilliseconds(quietTime)}`;
    return { action: 'send-round', reason: `${quiet}: the last ${pending} are pushed` };
  },
};
