/** The stage: hosts, link, switch, client, and what the cells mean. */
import { count, plain, plural, time } from './format.ts';

export const notSent = 'not sent';
export const onTheWay = 'on the way';
export const sameOnBoth = 'same on both';
export const allZeros = 'all zeros';
export const writtenAgain = 'written again';
export const dirty = 'dirty';
export const waitedFor = 'waited for';
export const fault = 'fault';
export const legend = 'Page states, with the number of pages in each';
export const empty = 'empty';
export const workingSet = 'working set';
export const cellOf = (pages: number) => `1 cell = ${count(pages)} pages, filled by share`;

export const playArea = 'Play area';
export const lens = 'The lens';
export const drawing = 'Page grids of both hosts, the link between them and the switch';

export const linkDown = 'Link down';
export const away = (ms: number) => `${plain(ms)} ms away`;
export const nothingOnTheWay = 'nothing on the way';
export const pagesOnTheWay = (pages: number) => `${plural(pages, 'page')} on the way`;
export const pagesNotArrived = (pages: number) => `${plural(pages, 'page')} sent, not arrived`;
export const ringOf = (pages: number) => `1 ring = ${count(pages)} pages`;
export const aToB = 'A to B';
export const bToA = 'B to A';

export const switchName = 'Switch';
export const switchTable = 'The switch’s table: address and port';
export const portNames: readonly string[] = ['A', 'B', 'client'];
export const portOf = (port: number, name: string | number) => `port ${port} (${name})`;
export const vm = 'VM';
export const notKnownYet = 'not known yet';
export const droppedLate = (host: string, frames: number) =>
  `${host} dropped ${count(frames)}, late`;
export const rarpFrom = (host: string) => `RARP from ${host}`;
export const gratuitousArpFrom = (host: string) => `gratuitous ARP from ${host}`;

export const client = 'Client';
export const isAt = '{ip} is {mac}';
export const asksForAddress = 'asks where the VM is';
export const noAnswerFor = (ns: number) => `no answer for ${time(ns)}`;
export const noAnswerYet = 'no answer yet';
export const answeredIn = (ns: number) => `answered in ${time(ns)}`;
export const answeredOf = (requests: number, answered: number) =>
  `Of the last ${requests} requests, ${answered} answered`;

export const drawingFailed = (why: string) =>
  `The drawing could not start (${why}). The figures and tables show the same run; reloading the page may bring the drawing back.`;
