/** Time: its controls, the timeline, and what became of it. */
import type { StopCondition } from '../../trace/notable.ts';
import { clock, count, time } from './format.ts';

export const pause = 'Pause';
export const migrate = 'Migrate';
export const startVm = 'Start VM';
export const runAgain = 'Run again';
export const beginAgain = 'Begin again';
export const play = 'Play';
export const playback = 'Playback';
export const reset = 'Reset';
export const previousRound = 'Previous round';
export const previousEvent = 'Previous event';
export const nextEvent = 'Next event';
export const nextRound = 'Next round';
export const stop = 'Stop';
export const atTheEnd = 'at the end';
export const virtualTime = 'Virtual time';
export const speed = 'Speed';

export const momentShown = 'Moment shown';
export const inThePast = (now: number, frontier: number) =>
  `${clock(now)}, in the past; the run is known up to ${clock(frontier)}`;
export const newestMoment = (now: number) => `${clock(now)}, the newest moment`;

export const timeline = 'Timeline';
export const zoomOut = 'Zoom out';
export const zoomOutKey = 'Zoom out (S)';
export const zoomIn = 'Zoom in';
export const zoomInKey = 'Zoom in (W)';
export const fitTimeline = 'Fit the whole timeline';
export const fitKey = 'Fit (F)';
export const fitLetter = 'F';
export const evenlySpaced = 'Events evenly spaced';
export const evenlySpacedKey = 'Equal room for every event (E)';
export const evenLetter = 'E';

export const changedInThePast = (at: number, discarded: number) =>
  `Changed in the past, at ${clock(at)}: the old future, ${time(discarded)} of it, is discarded.`;
export const dismiss = 'Dismiss';
export const stoppedBecause = (reason: string) => `Stopped: ${reason}.`;
export const pastIsShown = 'The past is shown. A change here discards what followed.';
export const stopConditions: Readonly<Record<StopCondition, string>> = {
  round: 'when a round ends',
  paused: 'when the VM pauses',
  fault: 'at the first wait',
  activated: 'when B runs the VM',
  answered: 'when B answers',
  ended: 'when the move ends',
};
export const stopReasons: Readonly<Record<StopCondition | 'break' | 'instruction', string>> = {
  instruction: 'the guest is about to execute its next instruction',
  break: 'the guest is about to execute the instruction at a breakpoint',
  round: 'a round ended',
  paused: 'the VM was paused',
  fault: 'the guest waits for its first page',
  activated: 'the VM runs at the destination',
  answered: 'the client has the VM’s new address',
  ended: 'the migration is over',
};

export const rounds = 'Rounds';
export const before = (algorithm: string) => `before: ${algorithm}`;
export const stage = 'Stage';
export const round = 'Round';
export const pagesLeft = 'Pages left';
export const vmRunsOn = 'VM runs on';
export const client = 'Client';
export const barLabel = (name: string, pages: number) => `${name} · ${count(pages)} pages`;
export const pull = 'pull';
export const last = 'last';
export const allAtOnce = 'all at once';
export const roundNumber = (round: number) => `round ${round}`;
export const vmDowntime = (ns: number) => `VM downtime ${time(ns)}`;
export const clientOutage = (ns: number) => `client outage ${time(ns)}`;
export const timelineNotBegun = 'Timeline: the migration has not begun';
export const roundOfPages = (round: number, pages: number) =>
  `round ${round} ${count(pages)} pages`;
export const timelineOf = (rounds: string) => `Timeline: ${rounds}`;

export const milliseconds = (ms: string) => `${ms} ms`;
