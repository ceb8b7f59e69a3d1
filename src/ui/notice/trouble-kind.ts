/** Whether something went wrong that a person can do something about, and what. From the trace alone. */
import type { AppState } from '../../store/app-state.ts';
import { inRounds } from '../../store/run-actions.ts';
import type { Picture, RoundPicture } from '../../trace/picture.ts';

export type TroubleKind =
  /** The rounds leave as many pages as before. */
  | 'stuck'
  | 'cancelled'
  /** The run was over before the migration was. */
  | 'out-of-time'
  | 'failed'
  | 'link-down'
  | 'pull-interrupted'
  | 'in-doubt'
  /** A host is gone, and the VM runs on at the other, or is gone with it. */
  | 'host-gone'
  | 'vm-lost';

export function troubleKind(picture: Picture, state: AppState): TroubleKind | undefined {
  const { status, statusReason, hosts, link } = picture;
  if (hosts.some(({ failure }) => failure !== ''))
    return vmLives(picture) ? 'host-gone' : 'vm-lost';
  if (status === 'postcopy-paused') return 'pull-interrupted';
  if (status === 'failed' && statusReason.startsWith('in doubt')) return 'in-doubt';
  if (status === 'failed')
    return vmLives(picture) && !statusReason.includes('the VM is lost') ? 'failed' : 'vm-lost';
  if (status === 'cancelled') return 'cancelled';
  if (outOfTime(picture, state)) return 'out-of-time';
  if (link && !link.up && status !== 'completed') return 'link-down';
  return stuckRound(picture, state) === undefined ? undefined : 'stuck';
}

/** A scenario lets a run last only so long. */
export const outOfTime = ({ status, startedAt }: Picture, { phase }: Pick<AppState, 'phase'>) =>
  phase === 'done' &&
  startedAt !== undefined &&
  (status === 'setup' || status === 'active' || status === 'postcopy-active');

/** On a host that is not gone. A VM that has ended by itself is not lost. */
const vmLives = ({ hosts }: Picture): boolean =>
  hosts.some(
    ({ failure, vm, ran }) =>
      failure === '' && ran.length > 0 && vm !== 'destroyed' && vm !== 'absent',
  );

/** Of the round before, a round leaves at least so much when nothing is gained by another. */
const NO_GAIN = 0.9;

/** The last whole round, when it left about as many pages as the one before and more than may be left. */
export function stuckRound(
  picture: Picture,
  { settings, scenario }: Pick<AppState, 'settings' | 'scenario'>,
): RoundPicture | undefined {
  if (settings.algorithm !== 'pre-copy' || !inRounds(picture)) return undefined;
  const [before, last] = picture.rounds.filter(({ to }) => to !== undefined).slice(-2);
  if (before === undefined || last === undefined) return undefined;
  const over = last.dirtied > scenario.migration.thresholdPages;
  return over && last.dirtied >= NO_GAIN * before.dirtied ? last : undefined;
}
