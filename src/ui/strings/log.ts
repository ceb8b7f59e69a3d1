/** The log of the run. */
import type { LogKind } from '../log/filters.ts';
import { bytes } from './format.ts';

export const show = 'Show';
export const stage = 'Stage';
export const all = 'All';
export const lines = (lines: number) => `${lines} lines, newest first. A line goes to its moment.`;
export const whatHappened = 'What happened, newest first';
export const milliseconds = (ms: string) => `${ms} ms`;
export const network = 'network';
export const sends = (host: string, message: string, size: number, summary: string) =>
  `${host} sends ${message}, ${bytes(size)}: ${summary}`;
export const receives = (host: string, message: string, size: number, summary: string) =>
  `${host} receives ${message}, ${bytes(size)}: ${summary}`;
export const frame = (type: string, size: number, summary: string) =>
  `Frame ${type}, ${bytes(size)}: ${summary}`;
export const kinds: Readonly<Record<LogKind | 'all', string>> = {
  all: 'Everything',
  pages: 'Page messages',
  control: 'Other messages',
  course: 'Course of the run',
  network: 'Network and client',
};
