/** What somebody can do to a run by hand, as inputs; what makes no sense now says why. */
import type { LabInput } from '../lab/scenario.ts';
import type { Picture } from '../trace/picture.ts';
import type { RunPhase } from './app-state.ts';
import * as words from './strings.ts';

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

/** Why nothing can be done to a run, whatever it is; undefined: it can. */
export function notNow(phase: RunPhase): string | undefined {
  if (phase === 'moving') return undefined;
  return phase === 'ready' || phase === 'opening' ? words.runNotBegun : words.runOver;
}

export function runActions(picture: Picture, phase: RunPhase): RunAction[] {
  const over = notNow(phase);
  const actions = [...migrationActions(picture), ...worldActions(picture)];
  return actions.map((action) => ({ ...action, refusal: over ?? action.refusal }));
}

function migrationActions(picture: Picture): RunAction[] {
  const rounds = inRounds(picture) ? undefined : words.roundsOnly;
  const paused = picture.status === 'postcopy-paused' ? undefined : words.noPullInterrupted;
  return [
    {
      name: 'cancel',
      label: words.cancel,
      effect: words.cancelEffect,
      input: { kind: 'cancel' },
      refusal: cancelRefused(picture),
    },
    {
      name: 'switch-to-pull',
      label: words.switchToPull,
      effect: words.switchToPullEffect,
      input: { kind: 'switch-to-pull' },
      refusal: rounds,
    },
    {
      name: 'switch-over',
      label: words.switchOver,
      effect: words.switchOverEffect,
      input: { kind: 'switch-over' },
      refusal: rounds,
    },
    {
      name: 'recover',
      label: words.recover,
      effect: words.recoverEffect,
      input: { kind: 'recover' },
      refusal: paused ?? (linkUp(picture) ? undefined : words.mendFirst),
    },
    {
      name: 'give-up',
      label: words.giveUp,
      effect: words.giveUpEffect,
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
      label: up ? words.cutLink : words.mendLink,
      effect: up ? words.cutLinkEffect : words.mendLinkEffect,
      input: { kind: 'link', up: !up },
      refusal: undefined,
    },
    {
      name: 'vm',
      label: byHand ? words.resumeVm : words.pauseVm,
      effect: byHand ? words.resumeVmEffect : words.pauseVmEffect,
      input: { kind: byHand ? 'resume-vm' : 'suspend-vm' },
      refusal: byHand || runs ? undefined : words.vmNotRunning,
    },
    crash(picture, 0),
    crash(picture, 1),
  ];
}

function crash({ hosts }: Picture, host: 0 | 1): RunAction {
  const letter = host === 0 ? 'A' : 'B';
  return {
    name: host === 0 ? 'crash-a' : 'crash-b',
    label: words.switchHostOff(letter),
    effect: words.switchHostOffEffect,
    input: { kind: 'crash', host, cause: 'switched off' },
    refusal: hosts[host].failure === '' ? undefined : words.isOffAlready(letter),
  };
}

const linkUp = ({ link }: Picture): boolean => link === undefined || link.up;

const stageNow = ({ stages }: Picture): number | undefined =>
  stages.findLast(({ to }) => to === undefined)?.stage;

export const inRounds = (picture: Picture): boolean =>
  picture.status === 'active' && stageNow(picture) === 2 && picture.rounds.length > 0;

function cancelRefused(picture: Picture): string | undefined {
  const { status } = picture;
  if (status === 'postcopy-active' || status === 'postcopy-paused' || status === 'postcopy-recover')
    return words.handedOver;
  if (status !== 'setup' && status !== 'active' && status !== 'device') return words.notMoving;
  const stage = stageNow(picture);
  return stage !== undefined && stage >= 4 ? words.handedOver : undefined;
}
