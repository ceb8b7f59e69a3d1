/** Showing a run to a hall. */
import { clock } from './format.ts';

export const notesTitle = 'Notes: VM Ferry';
export const cueAt = (reached: number, cues: number, at: number) =>
  `Cue ${reached} of ${cues}, ${clock(at)}`;
export const beforeMigration = 'Before the migration';
export const beforeMigrationNotes =
  'Say which host is which, and what the guest does. PageDown starts.';
export const next = 'Next';
export const endOfRun = 'The end of the run.';
export const keysActInOther = 'PageDown, PageUp, . and Esc act in the other window too.';

export const lecture = 'Lecture';
export const previousCue = 'Previous cue';
export const nextCue = 'Next cue';
export const cueOf = (reached: number, cues: number) => `Cue ${reached} of ${cues}:`;
export const beforeMove = 'A running VM, before it is moved.';
export const leaveLecture = 'Leave the lecture';
export const noWindowOpened = 'The browser opened no window';
export const noWindow = 'No window';
export const notes = 'Notes';
export const qr = 'QR';
export const qrRest = 'code of this moment';
export const qrCode = 'QR code of this moment';
export const close = 'Close';
