/** One page on both hosts. */
import { count, plural } from './format.ts';

export const page = (gfn: number) => `Page ${gfn}`;
export const guestFrame = (gfn: string, address: string) => `guest frame ${gfn}, from ${address}`;
export const close = 'Close the page inspector';
export const pageNumber = 'Page number';
export const pageUsed = (pages: number, used: number) =>
  `This VM’s pages are whole numbers from 0 to ${count(pages - 1)}; ${count(used)} is shown.`;
export const writtenAgain = 'Written again:';
export const previousWritten = 'Previous page written again';
export const nextWritten = 'Next page written again';
export const timePasses = 'Time passes. The bytes are read when it stands.';
export const pause = 'Pause';
export const hostsNotAsked = (why: string) =>
  `The hosts could not be asked: ${why}. “Reset” sets them up anew.`;
export const beingAsked = 'The hosts are being asked.';
export const crossedLink = 'Crossed the link';
export const times = (times: number) => plural(times, 'time');
export const notYet = 'not yet';
export const inRounds = 'In rounds';
export const bytesOfA = 'A’s bytes';
export const bytesOfB = 'B’s bytes';
export const hex = 'Hex';
export const bytesOf = (gfn: number, host: string) => `Bytes of page ${gfn} at ${host}`;
export const markedDiffer = ' Marked bytes differ between A and B.';
export const sameRows = (differ: string) => `* rows like the one above.${differ}`;
export const nothingHappened = 'Nothing has happened to it since the trace began.';
export const life = 'Its life so far';

export const whenTimeStands = 'when time stands';
export const noSuchPage = 'no such page here';
export const nothingCome = 'nothing has come yet';
export const state = 'State';
export const hash = 'Hash (SHA-256)';
export const machineFrame = 'Machine frame (mfn)';
export const inDirtyLog = 'In the dirty log';
export const yes = 'yes';
export const no = 'no';
export const onBothHosts = (gfn: number) => `Page ${gfn} on both hosts`;
export const neitherHas = 'Neither host has this page.';
export const onlyDestination = (host: string) =>
  `Only ${host} has this page: the source has freed its memory.`;
export const onlySource = (host: string) => `Only ${host} has this page’s contents so far.`;
export const bothEqual = (bytes: number) => `Both copies are equal, all ${count(bytes)} bytes.`;
export const copiesDiffer = (differing: number, older: string) =>
  `The copies differ in ${plural(differing, 'byte')}: ${older} holds an older one.`;
export const lastWriterAtA = 'Last writer at A';
export const lastWriterAtB = 'Last writer at B';

export const simulationStopped = 'the simulation stopped';
