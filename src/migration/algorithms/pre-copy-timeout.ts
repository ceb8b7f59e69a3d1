/**
 * Cloud Hypervisor's rule: pre-copy towards a downtime, and a time limit for it; when that has
 * passed, the strategy says whether the migration is given up or forced (its `timeout_strategy`,
 * `cancel` or `ignore`).
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  firstRound,
  hopelessness,
  inMilliseconds,
  pagesWithin,
  type RoundFacts,
  roundInWords,
} from './algorithm.ts';

export const preCopyTimeout: Algorithm = {
  id: 'pre-copy-timeout',
  title: 'Pre-copy with a time limit',
  explanation:
    'Pre-copy towards the downtime limit, for a limited time. When that is over, the migration is either given up, and the VM stays untouched at the source, ' +
    'or forced: the VM is paused for however long the rest takes, and the limit counts as missed.',
  watches: true,
  endless: true,
  decide(context: AlgorithmContext): Decision {
    const { rounds, settings } = context;
    const last = rounds.at(-1);
    if (context.elapsed >= settings.timeout && context.moment !== 'start')
      return timedOut(context, last);
    if (context.moment === 'tick') return { action: 'wait', reason: 'there is time left' };
    if (last === undefined) return { action: 'send-round', reason: firstRound(context) };
    return afterRound(context, last);
  },
};

function timedOut(
  { settings, pendingPages }: AlgorithmContext,
  last: RoundFacts | undefined,
): Decision {
  const facts = last === undefined ? 'round 1 is not through' : roundInWords(last);
  const over = `${facts}: ${pendingPages} left, and the time limit of ${inMilliseconds(settings.timeout)} has passed`;
  return settings.timeoutStrategy === 'cancel'
    ? { action: 'abort', reason: `${over}: given up` }
    : { action: 'switch-over', reason: `${over}: the switchover is forced` };
}

function afterRound(
  { pendingPages, bytesPerSecond, settings }: AlgorithmContext,
  last: RoundFacts,
): Decision {
  const threshold = pagesWithin(bytesPerSecond, settings.downtimeLimit);
  const facts = `${roundInWords(last)}: ${pendingPages} left`;
  const measure = `${threshold} that cross in the downtime limit of ${inMilliseconds(settings.downtimeLimit)}`;
  if (pendingPages <= threshold)
    return { action: 'switch-over', reason: `${facts}, within the ${measure}` };
  const next = `so round ${last.round + 1} sends them${hopelessness(last)}`;
  return { action: 'send-round', reason: `${facts}, over the ${measure}, ${next}` };
}
