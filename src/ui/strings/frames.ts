/** Frames and messages, field by field. */
import type { WireFilter } from '../../trace/wire-rows.ts';
import { clock, count, plural } from './format.ts';

export const bytesNotHad = (why: string) => `The bytes could not be had: ${why}.`;
export const notSentYet = 'At the moment shown it is not sent yet.';
export const elsewhereDropped = (reason: string) => `; elsewhere dropped: ${reason}`;
export const fateNow = (fate: string, drop: string) => `At the moment shown: ${fate}${drop}.`;
export const bytesNotHere = (bytes: number) =>
  `Its ${count(bytes)} bytes are not here: it has not left its port yet, never did, or is so old that it was forgotten.`;
export const bytesLabel = 'Bytes';

export const whatCrossed = 'What crossed the cables, newest first';
export const milliseconds = (ms: string) => `${ms} ms`;

export const framesAndMessages = 'Frames and messages';
export const show = 'Show';
export const containing = 'Containing';
export const containingExample = 'address, port, words';
export const olderNotListed = (older: number) =>
  ` ${count(older)} older ones are not listed any more.`;
export const shownOf = (shown: number, all: number, older: string) =>
  `${count(shown)} of ${count(all)}, newest first. A row goes to its moment.${older}`;
export const chooseRow = 'Choose a row to see it field by field, with its bytes.';
export const filters: Readonly<Record<WireFilter, string>> = {
  all: 'Everything',
  arp: 'ARP and RARP',
  icmp: 'ICMP',
  udp: 'UDP',
  tcp: 'TCP',
  migration: 'Migration protocol',
  lost: 'Not arrived',
};

export const framesNotHad = (why: string) => `The frames could not be had: ${why}.`;
export const framesSaved = (frames: number) => `${plural(frames, 'frame')} saved.`;
export const saveAsPcap = 'Save as pcap';

export const tablesThen = 'Tables at the moment shown';
export const switchAt = (at: number) => `Switch: MAC → port, at ${clock(at)}`;
export const beforeOn = (port: string) => `, before on ${port}`;
export const since = (at: number, before: string) => `since ${clock(at)}${before}`;
export const floods = 'It knows nobody yet: it floods.';
export const arpCache = 'Client’s ARP cache: IP → MAC';
export const beforeMac = (mac: string) => `, before ${mac}`;
export const arpEmpty = 'Empty: it asks who has the VM’s address.';
export const ports = ['0: host A', '1: host B', '2: client'];

export const guestTable = 'Guest’s ARP table: IP → MAC';
export const noGuestTable = (guest: string) =>
  guest === 'own' || guest === 'file'
    ? 'Where this guest keeps one, if it does, is known to nobody but itself.'
    : `The guest “${guest}” drives no network card: its host answers for it, and it has none.`;
export const whenTimeStands = 'It is read when time stands.';
export const emptyTable = 'Empty: nobody has spoken to it yet.';
export const askedFor = 'asked for, no answer yet';
export const sinceTick = (tick: number, waiting: number) =>
  `since tick ${count(tick)} of its timer${waiting > 0 ? `; ${count(waiting)} bytes wait` : ''}`;
export const readFrom = (party: 0 | 1, address: string) =>
  `Read from the VM’s memory on host ${party === 0 ? 'A' : 'B'}: the kernel’s “neighbours” at ${address}.`;
export const noVmThere = 'No VM is there to be read.';
export const notArrived = (gfn: number) => `Page ${count(gfn)} of it has not arrived yet.`;
