/** What can be looked into. */
import type { InsideTab } from '../../store/shared-view.ts';

export const theEditor = 'The editor';
export const theFiles = 'The files';
export const whatToLookInto = 'What to look into';
export const tabNames: Readonly<Record<InsideTab, string>> = {
  frames: 'Frames and messages',
  client: 'Client',
  consoles: 'Consoles',
  machine: 'CPU and memory',
  program: 'Own program',
  files: 'Files',
};
