/**
 * QEMU's rule (migration.c, migration_iteration_run): switch over when what is pending crosses
 * within the downtime limit at the bandwidth just measured. There is no limit of rounds: a guest
 * that dirties too much is sent for ever, until somebody cancels, throttles it, raises the limit or
 * switches to post-copy.
 */
import {
  type Algorithm,
  type AlgorithmContext,
  type Decision,
  firstRound,
  hopelessness,
  inMilliseconds,
  pagesWithin,
  roundInWords,
} from './algorithm.ts';

export const preCopyQemu: Algorithm = {
  id: 'pre-copy-qemu',
  title: 'Pre-copy as in QEMU',
  explanation:
    'Pre-copy by the rule of QEMU: the VM is paused when the pages left would cross within the downtime limit at the bandwidth measured. ' +
    'Rounds go on as long as that is not so, without end if the guest never lets them shrink; auto-converge or a switch to pull is then the way out.',
  endless: true,
  decide(context: AlgorithmContext): Decision {
    const last = context.rounds.at(-1);
    if (last === undefined) return { action: 'send-round', reason: firstRound(context) };
    const { bytesPerSecond, pendingPages, settings } = context;
    const threshold = pagesWithin(bytesPerSecond, settings.downtimeLimit);
    const limit = inMilliseconds(settings.downtimeLimit);
    const facts = `${roundInWords(last)}: ${pendingPages} left`;
    const measure = `${threshold} that cross in the downtime limit of ${limit} at the bandwidth measured`;
    if (pendingPages <= threshold)
      return { action: 'switch-over', reason: `${facts}, within the ${measure}` };
    const next = `so round ${last.round + 1} sends them${hopelessness(last)}`;
    return { action: 'send-round', reason: `${facts}, over the ${measure}, ${next}` };
  },
};
