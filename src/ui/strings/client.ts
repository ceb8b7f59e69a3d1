/** The client’s own view. */
import { count, plural, rate, time } from './format.ts';

export const betweenAnswers = 'Time between two answers';
export const answeredLate = (late: number) => `, of which ${count(late)} answered late`;
export const intervals = (intervals: number, longest: number, lost: number, late: string) =>
  `${plural(intervals, 'interval')}, the longest ${time(longest)}; ${plural(lost, 'request')} given up${late}.`;
export const intervalsSpoken = (longest: number, lost: number, late: number) =>
  `Time between answers: the longest ${time(longest)}, ${count(lost)} lost, ${count(late)} late`;
export const timeSinceAnswer = 'time since the answer before';
export const lateAnswer = 'late answer';
export const requestGivenUp = 'request given up';
export const downloadsNothing =
  'In this scenario the client downloads nothing: it only asks whether the VM is there.';
export const webServer = 'Set up a web server that it downloads from';
export const downloadRate = 'Download rate';
export const atMostInColumn = (megabits: number) =>
  `At most ${rate(megabits)} in one column of the strip.`;
export const downloadRateSpoken = (megabits: number) => `Download rate, at most ${rate(megabits)}`;
export const transcript = 'Transcript';
export const olderNotKept = (older: number) => ` ${count(older)} older ones are not kept.`;
export const lines = (lines: number, older: string) =>
  `${plural(lines, 'line')}, newest first. A line goes to its moment.${older}`;
export const whatClientSaw = 'What the client saw, newest first';
export const milliseconds = (ms: string) => `${ms} ms`;
