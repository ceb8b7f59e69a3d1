/**
 * Hybrid of pre-copy and post-copy, Hines and Gopalan, OSR 2009, §3.5, and QEMU's recommended use
 * of post-copy: some rounds while the VM runs, then the switch, and only what was written meanwhile
 * has to be pulled.
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  firstRound,
  pagesInWords,
  roundInWords,
} from './algorithm.ts';

export const hybrid: Algorithm = {
  id: 'hybrid',
  title: 'Hybrid: pre-copy, then pull',
  explanation:
    'One or more rounds of pre-copy bring most pages over while the VM runs; then it moves at once, and the pages written meanwhile are pulled. ' +
    'The downtime is as short as in a pull, whatever the guest writes, and far fewer pages are missing when it starts.',
  decide(context: AlgorithmContext): Decision {
    const { rounds, settings, pendingPages } = context;
    const pending = pagesInWords(pendingPages);
    const last = rounds.at(-1);
    if (context.moment === 'handed-over')
      return { action: 'send-round', reason: `the destination runs: ${pending} are pushed` };
    if (last === undefined && settings.hybridRounds > 0)
      return { action: 'send-round', reason: firstRound(context) };
    const facts = last === undefined ? 'no round is wanted' : roundInWords(last);
    if (rounds.length < settings.hybridRounds) {
      const next = `round ${rounds.length + 1} of ${settings.hybridRounds} sends the ${pending} left`;
      return { action: 'send-round', reason: `${facts}: ${next}` };
    }
    return { action: 'run-destination', reason: `${facts}: the ${pending} left are pulled` };
  },
};
