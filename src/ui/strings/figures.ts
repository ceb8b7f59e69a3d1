/** The figures of the run. */
import { count, plural, time } from './format.ts';

export const rounds = 'Rounds';
export const notBegun = 'not begun';
export const newest = (pages: number) => `newest: ${count(pages)}`;
export const pagesLeft = 'Pages left';
export const ofPages = (pages: number) => `of ${count(pages)}`;
export const sent = 'Sent';
export const timesMemory = (times: string) => `${times} × memory`;
export const totalTime = 'Total time';
export const ofVirtualTime = 'of virtual time';
export const vmDowntime = 'VM downtime';
export const noneSoFar = 'none so far';
export const vmIsPaused = 'the VM is paused';
export const nothingRan = 'nothing ran';
export const clockLost = (ns: number) => `clock lost ${time(ns)}`;
export const clientOutage = 'Client outage';
export const waitingForAnswer = 'waiting for an answer';
export const requestsLost = (requests: number) => `${plural(requests, 'request')} lost`;
export const figures = 'Figures';
export const before = 'before:';
export const beforeIs = (algorithm: string, status: string) =>
  `“Before” is the previous run: ${algorithm}, ${status}.`;
