/** What became of time: it stopped by itself, it shows the past, or a change there discarded the future. */
import type { StopCondition } from '../trace/notable.ts';
import { clock, time } from './strings/format.ts';
import { useApp, usePicture, useStore } from './use-store.ts';

export const STOP_WORDS: Readonly<Record<StopCondition, string>> = {
  round: 'when a round ends',
  paused: 'when the VM is paused',
  fault: 'at the first page waited for',
  activated: 'when the VM runs at B',
  answered: 'when the client knows B',
  ended: 'when the migration is over',
};

const STOPPED: Readonly<Record<StopCondition | 'break', string>> = {
  break: 'the guest is about to execute the instruction at a breakpoint',
  round: 'a round ended',
  paused: 'the VM was paused',
  fault: 'the guest waits for its first page',
  activated: 'the VM runs at the destination',
  answered: 'the client has the VM’s new address',
  ended: 'the migration is over',
};

export function TimeNotice() {
  const { player, store } = useApp();
  const { now } = usePicture();
  const forked = useStore((state) => state.forked);
  const stoppedAt = useStore((state) => state.stoppedAt);
  const { frontier } = player.history;
  const past = now < frontier;
  if (forked)
    return (
      <div class="notice-part fork">
        <p class="notice-text">
          Changed in the past, at {clock(forked.atNs)}: the old future, {time(forked.discardedNs)}{' '}
          of it, is discarded.
        </p>
        <button type="button" onClick={() => store.setState({ forked: undefined })}>
          Dismiss
        </button>
      </div>
    );
  if (stoppedAt) return <p class="notice-text">Stopped: {STOPPED[stoppedAt]}.</p>;
  return past ? (
    <p class="notice-text">The past is shown. A change here discards what followed.</p>
  ) : null;
}
