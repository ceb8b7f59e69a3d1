/** The editor for programs of one’s own. */
import { count, plural } from './format.ts';

export const nothingAssembled = (errors: number) =>
  `${plural(errors, 'error')}: nothing is assembled`;
export const place = (line: number, column: number) => `Line ${line}, column ${column}`;
export const advice = (advice: string) => `Advice: ${advice}.`;
export const assembled = 'Assembled';
export const sectionAt = (bytes: number, address: string) => `${count(bytes)} bytes at ${address}`;
export const beginsAt = (address: string) => `begins at ${address}`;
export const listing = 'Listing: each line with its address and bytes';

export const link = 'link';
export const linkToProgram = 'Link to this program';
export const someCut = (most: number) => `; some programs cut links after ${count(most)}`;
export const letters = (letters: number, cuts: string) =>
  `${count(letters)} letters${cuts}. Who opens it sees the program; it runs when they press Run.`;

export const assemble = 'Assemble';
export const run = 'Run';
export const kept = 'Kept in this browser.';
export const notKept = 'This browser keeps nothing: copy what you want to keep.';
export const keptAndLength = (kept: string, length: number, most: number) =>
  `${kept} ${count(length)} of ${count(most)} characters.`;
export const programLabel = 'Program';
export const heldProgram = '{unrun} Read it; {run} starts it on host A.';
export const nothingRan = 'This program came with a link or a file, and nothing of it has run.';
export const example = 'Example';
export const chooseExample = 'Choose one: it replaces the text';
export const onTheHosts = 'On the hosts';
export const otherGuestRuns = 'Another guest runs. Run puts your program in its place.';
export const earlierTextRuns = 'An earlier text of your program runs.';
export const beingSetUp = 'The hosts are being set up.';
export const runsOnA = 'Your program runs on host A. Migrate, below, moves it while it runs.';
export const isTheGuest = 'Your program is the guest of this run.';
export const seeItsPages = 'See its pages';
export const noDisk =
  'The VM has no disk, as if its storage were shared by both hosts: only RAM, processor and devices move.';
