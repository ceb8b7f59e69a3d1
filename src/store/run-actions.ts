/** What somebody can do to a run by hand, as inputs; what makes no sense now says why. */
import type { LabInput } from '../lab/scenario.ts';
import type { Picture } from '../trace/picture.ts';
import type { RunPhase } from './app-state.ts';

export type ActionName =
  | 'cancel'
  | 'link'
  | 'switch-to-pull'
  | 'switch-over'
  | 'vm'
  | 'crash-a'
  | 'crash-b'
  | 'recover'
  | 'give-up';

export interface RunAction {
  readonly name: ActionName;
  readonly label: string;
  /** What it does, in one sentence. */
  readonly effect: string;
  readonly input: LabInput;
  /** Why it makes no sense now; undefined: it does. */
  readonly refusal: string | undefined;
}

const NOT_MOVING = 'No migration is under way.';
const ROUNDS_ONLY = 'Only while rounds are sent and the VM still runs at the source.';

/** Why nothing can be done to a run, whatever it is; undefined: it can. */
export function notNow(phase: RunPhase): string | undefined {
  if (phase === 'moving') return undefined;
  return phase === 'ready' || phase === 'opening'
    ? 'The run has not begun. Press Migrate, then pause where you want to step in.'
    : 'The run is over. Go back to a moment of it, or run again.';
}

export function runActions(picture: Picture, phase: RunPhase): RunAction[] {
  const over = notNow(phase);
  const actions = [...migrationActions(picture), ...worldActions(picture)];
  return actions.map((action) => ({ ...action, refusal: over ?? action.refusal }));
}

function migrationActions(picture: Picture): RunAction[] {
  const rounds = inRounds(picture) ? undefined : ROUNDS_ONLY;
  const paused = picture.status === 'postcopy-paused' ? undefined : 'No pull is interrupted.';
  return [
    {
      name: 'cancel',
      label: 'Cancel the migration',
      effect: 'The VM runs on at the source; what was copied is thrown away.',
      input: { kind: 'cancel' },
      refusal: cancelRefused(picture),
    },
    {
      name: 'switch-to-pull',
      label: 'Switch to pull (post-copy)',
      effect: 'The rounds end, the VM moves at once, and what is left is fetched.',
      input: { kind: 'switch-to-pull' },
      refusal: rounds,
    },
    {
      name: 'switch-over',
      label: 'Pause and move now',
      effect: 'The rounds end, and the VM stands still while what is left crosses.',
      input: { kind: 'switch-over' },
      refusal: rounds,
    },
    {
      name: 'recover',
      label: 'Take the pull up again',
      effect: 'The destination says what it has, and the source sends what is missing.',
      input: { kind: 'recover' },
      refusal: paused ?? (linkUp(picture) ? undefined : 'The link is cut: mend it first.'),
    },
    {
      name: 'give-up',
      label: 'Give the VM up',
      effect: 'Each host throws its part of the VM away.',
      input: { kind: 'give-up' },
      refusal: paused,
    },
  ];
}

function worldActions(picture: Picture): RunAction[] {
  const up = linkUp(picture);
  const runs = picture.hosts.some(({ vm }) => vm === 'running' || vm === 'blocked');
  const byHand = picture.pausedByHand;
  return [
    {
      name: 'link',
      label: up ? 'Cut the link' : 'Mend the link',
      effect: up
        ? 'No message of the migration arrives any more; the guest’s own network stays.'
        : 'Messages arrive again; what was lost stays lost.',
      input: { kind: 'link', up: !up },
      refusal: undefined,
    },
    {
      name: 'vm',
      label: byHand ? 'Let the VM run' : 'Pause the VM',
      effect: byHand
        ? 'It goes on where it stood.'
        : 'It stands still wherever it is; a migration goes on.',
      input: { kind: byHand ? 'resume-vm' : 'suspend-vm' },
      refusal: byHand || runs ? undefined : 'The VM does not run at this moment.',
    },
    crash(picture, 0),
    crash(picture, 1),
  ];
}

function crash({ hosts }: Picture, host: 0 | 1): RunAction {
  const letter = host === 0 ? 'A' : 'B';
  return {
    name: host === 0 ? 'crash-a' : 'crash-b',
    label: `Switch host ${letter} off`,
    effect: 'The host is gone, with all that runs on it.',
    input: { kind: 'crash', host, cause: 'switched off' },
    refusal: hosts[host].failure === '' ? undefined : `Host ${letter} is off already.`,
  };
}

const linkUp = ({ link }: Picture): boolean => link === undefined || link.up;

const stageNow = ({ stages }: Picture): number | undefined =>
  stages.findLast(({ to }) => to === undefined)?.stage;

export const inRounds = (picture: Picture): boolean =>
  picture.status === 'active' && stageNow(picture) === 2 && picture.rounds.length > 0;

function cancelRefused(picture: Picture): string | undefined {
  const { status } = picture;
  const given = 'The source has handed the VM over: it cannot be called back.';
  if (status === 'postcopy-active' || status === 'postcopy-paused' || status === 'postcopy-recover')
    return given;
  if (status !== 'setup' && status !== 'active' && status !== 'device') return NOT_MOVING;
  const stage = stageNow(picture);
  return stage !== undefined && stage >= 4 ? given : undefined;
}
