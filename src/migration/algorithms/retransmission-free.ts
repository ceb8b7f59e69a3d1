/**
 * A live push in which no page crosses twice. Which pages the guest writes is watched for a moment;
 * all others are pushed while it runs, each held against writing once it has been sent. A first
 * write to such a page cannot be let through: it stalls the guest until the push is over, or ends
 * the push at once. What was left out follows last, in the pause if that fits the downtime limit,
 * else by pull.
 *
 * Stop-and-copy and pull send no page twice either; this one pays in stalled writes instead of in
 * downtime or page faults, and the report shows how much.
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  inMilliseconds,
  pagesInWords,
} from './algorithm.ts';

export const retransmissionFree: Algorithm = {
  id: 'retransmission-free',
  title: 'Retransmission-free push',
  explanation:
    'Every page crosses exactly once, and most of them while the VM runs. The pages that it writes are found by watching and left for last; all others are pushed and held. ' +
    'A write to a held page has to wait for the switchover, or forces it: what pre-copy pays in pages sent again is paid in stalled writes here.',
  decide(context: AlgorithmContext): Decision {
    const { samplingTime, heldWrites } = context.settings;
    const pending = pagesInWords(context.pendingPages);
    switch (context.moment) {
      case 'start': {
        const reason = `writes are watched for ${inMilliseconds(samplingTime)} to know which pages to leave for last`;
        return { action: 'sample', time: samplingTime, reason };
      }
      case 'sampled': {
        const left = pagesInWords(context.workingSetPages);
        const reason = `${left} were written and are left for last; the others are pushed, each once`;
        return { action: 'send-round', hold: true, reason };
      }
      case 'write-held':
        return heldWrites === 'stall'
          ? {
              action: 'wait',
              reason:
                'a page that has crossed would change: the guest stalls until the push is over',
            }
          : switchOver(context, `a page that has crossed would change, ${pending} have not`);
      case 'round-ended':
        return switchOver(context, `the push is over, ${pending} are left`);
      case 'handed-over':
        return {
          action: 'send-round',
          reason: `the destination runs: the last ${pending} are pushed`,
        };
      case 'tick':
        return { action: 'wait', reason: 'nothing is decided by time' };
    }
  },
};

/** The rest goes in the pause if that fits the limit, else after it. */
function switchOver(context: AlgorithmContext, why: string): Decision {
  const { expectedDowntime, settings } = context;
  const cost = `which would take ${inMilliseconds(expectedDowntime)} of downtime`;
  const limit = `the limit of ${inMilliseconds(settings.downtimeLimit)}`;
  return expectedDowntime <= settings.downtimeLimit
    ? { action: 'switch-over', reason: `${why}, ${cost}, within ${limit}: they cross in the pause` }
    : { action: 'run-destination', reason: `${why}, ${cost}, over ${limit}: they are pulled` };
}
