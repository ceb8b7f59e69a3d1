/** “Try it”: what can be changed. */
import { count, plain } from './format.ts';

export const tryIt = 'Try it';
export const noDiskMoves = 'no disk moves';
export const goal = 'The goal';
export const algorithm = 'Algorithm';
export const from = 'From';
export const to = 'To';
export const theGuest = 'The guest';
export const changesAtOnce = 'changes at once';
export const workingSet = 'Working set';
export const percentOfMemory = (percent: number) => `${percent} percent of memory`;
export const writeRate = 'Write rate';
export const writesPerSecond = (writes: number) => `${count(writes)} writes per second`;
export const machineAndLink = 'Machine and link';
export const forTheNextRun = 'for the next run';
export const memory = 'Memory';
export const mebibytes = (mib: number) => `${mib} MiB`;
export const mebibytesAndPages = (mib: number, pages: number) =>
  `${mib} mebibytes, ${count(pages)} pages`;
export const bandwidth = 'Bandwidth';
export const megabitsPerSecond = (mbps: number) => `${plain(mbps)} megabits per second`;
export const latency = 'Latency';
export const milliseconds = (ms: number) => `${plain(ms)} ms`;
export const millisecondsOneWay = (ms: number) => `${plain(ms)} milliseconds one way`;
export const seedUsed = (most: number, used: number) =>
  `A seed is a whole number from 0 to ${count(most)}; ${count(used)} is used.`;
export const seed = 'Seed';
export const preparedRun = 'Prepared run';
export const runAgainWithThis = 'Run again with this';
export const beginAgainWithThis = 'Begin again with this';
export const undo = 'Undo';
