/** Goals: a start, what to reach, and a way that reaches it. */

import type { Criterion, Goal } from '../lessons/goal.ts';
import { count, plural, time } from './format.ts';

export const goals = 'Goals';
export const goalsSay = 'Reach a figure with the controls; each run is checked by itself.';
export const goal = 'Goal';
export const takeOn = (title: string) => `Take on: ${title}`;
export const notReached = 'Not reached yet.';
export const best = (score: string) => `Best: ${score}.`;
export const reached = (score: string, best: string) =>
  `Reached, with ${score}. Best so far: ${best}.`;
export const saved = ' Saved on this device.';
export const notSaved = ' Not saved: this browser keeps nothing for this page.';
export const missed = 'Not reached by this run. Change something, and run again.';
export const termsBroken = {
  guest: 'This run does not count: its guest is not the goal’s own. “Begin anew” brings it back.',
  'guest-and-link':
    'This run does not count: its guest or its link is not the goal’s own. “Begin anew” brings them back.',
};
export const fixed = {
  guest: 'The guest stays as it is.',
  'guest-and-link': 'Guest and link stay as they are.',
};
export const beginAnew = 'Begin anew';
export const showSolution = 'Show a solution';
export const setItUp = 'Set it up';
export const leave = 'Leave the goal';
export const standings = {
  open: (value: string) => `${value} so far`,
  met: (value: string) => `${value}: met`,
  missed: (value: string) => `${value}: missed`,
};

const downtime = (ms: number): Criterion => ({
  text: `VM downtime of at most ${count(ms)} ms`,
  of: ({ downtimeMs }) => downtimeMs,
  most: ms,
  shown: (value) => time(value * 1e6),
});
const sent = (pages: number): Criterion => ({
  text: `At most ${plural(pages, 'page')} sent`,
  of: ({ pagesSent }) => pagesSent,
  most: pages,
  shown: (value) => plural(value, 'page'),
});
const waits = (pages: number): Criterion => ({
  text:
    pages === 0 ? 'The guest waits for no page' : `It waits for at most ${plural(pages, 'page')}`,
  of: ({ faults }) => faults,
  most: pages,
  shown: (value) => plural(value, 'page'),
});

const HOT = 'hot-set';

export const GOALS: readonly Goal[] = [
  {
    id: 'short-pause',
    title: 'A short pause for a hot set',
    start: { name: 'Pre-copy', preset: HOT },
    fixed: 'guest-and-link',
    criteria: [downtime(50), sent(2048)],
    solution: {
      says: 'Pull: the VM moves with its CPU state alone, and each page crosses once. The guest pays by waiting for pages.',
      run: { name: 'Pull', preset: HOT, settings: { algorithm: 'pull' } },
    },
  },
  {
    id: 'no-waiting',
    title: 'A short pause, and no waiting',
    start: { name: 'Pre-copy', preset: HOT },
    fixed: 'guest',
    criteria: [downtime(100), waits(0)],
    solution: {
      says: 'Pre-copy over 150 Mbit/s: each round still leaves the whole hot set, but it crosses six times as fast during the pause.',
      run: { name: 'Pre-copy, 150 Mbit/s', preset: HOT, network: { bandwidthMbps: 150 } },
    },
  },
  {
    id: 'both',
    title: 'Little waiting, few pages',
    start: { name: 'Pre-copy', preset: 'converges' },
    fixed: 'guest-and-link',
    criteria: [downtime(10), waits(10), sent(1300)],
    solution: {
      says: 'Pre-copy for one round; when round 2 begins, “Switch to pull” under “Step in”. Only what was written again is pulled.',
      run: { name: 'Hybrid', preset: 'converges', settings: { algorithm: 'hybrid' } },
    },
  },
];
