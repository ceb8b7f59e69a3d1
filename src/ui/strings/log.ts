/** The log of the run. */
import type { AddOnFigures, EventKind, LabEvent, SlowdownCause } from '../../trace/event.ts';
import type { LogKind } from '../log/filters.ts';
import { bytes, count, plural, rate, time } from './format.ts';
import { algorithmName, announcement, vmmName } from './sentences.ts';

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

export const STAGE_WORDS: readonly string[] = [
  'Greeting',
  'Reservation',
  'Rounds while the VM runs',
  'Stop and copy',
  'Commitment',
  'Activation',
  'Pull',
];

const SLOWED_BY: Readonly<Record<SlowdownCause, string>> = {
  'dirty-faults': 'its first writes to watched pages',
  throttle: 'being throttled',
  'stalled-writes': 'writes that were held up',
};

/** These have views of their own, or are said before this is asked: as announcements, messages and frames. */
type Elsewhere =
  | 'round.started'
  | 'vm.paused'
  | 'vm.activated'
  | 'vm.resumed'
  | 'verified'
  | 'party.failed'
  | 'message.sent'
  | 'message.received'
  | 'frame.sent'
  | 'frame.forwarded'
  | 'console.output'
  | 'console.answered'
  | 'dirty-log.read'
  | 'fetch.progress'
  | 'probe.sent'
  | 'probe.answered';

type Noted<Kind> = Extract<LabEvent, { readonly kind: Kind }>;

const NOTES: {
  readonly [Kind in Exclude<EventKind, Elsewhere>]: (event: Noted<Kind>) => string;
} = {
  'lab.ready': (event) => `The lab is wired; seed ${event.seed}.`,
  'lab.input': (event) => `Input from outside: ${event.input}`,
  'vm.started': () => 'The guest starts.',
  'vm.loaded': (event) =>
    `The VM stands where the file had it (SHA-256 ${event.digest.slice(0, 16)}…).`,
  'vm.stopped': (event) => `The guest ended: ${event.cause}.`,
  'vm.destroyed': (event) =>
    `The VM’s place is cleared: ${plural(event.framesFreed, 'frame')} freed.`,
  'migration.status': (event) =>
    `The ${event.role} is ${event.status}${event.reason === '' ? '' : `: ${event.reason}`}.`,
  'migration.negotiated': (event) =>
    `Agreed on ${algorithmName(event.algorithm)}, state as ${event.format}.`,
  'stage.entered': (event) => `Stage ${event.stage}: ${event.name}.`,
  'round.ended': (event) =>
    `Round ${event.round} ends: ${plural(event.sent, 'page')} sent, ${count(event.dirtied)} written meanwhile.`,
  decision: (event) => `Decision: ${event.action}. ${event.reason}`,
  'state.saved': (event) =>
    `CPU and devices saved as ${event.format}: ${count(event.bytes)} bytes in ${time(event.costNs)}.`,
  'state.translated': (event) =>
    `CPU and devices translated from ${event.from} to ${event.to}: ${count(event.bytes)} bytes in ${time(event.costNs)}.`,
  'switch.learned': (event) => `The switch learns ${event.mac} at port ${event.port}.`,
  'switch.aged': (event) =>
    `The switch forgets ${event.mac}: nothing was heard from it for too long.`,
  'arp.aged': (event) =>
    `The client forgets the MAC of ${event.ip}, which is too old (ARP cache ageing).`,
  'arp.updated': (event) => `The client learns that ${event.ip} is ${event.mac}.`,
  'message.dropped': (event) =>
    `A message is lost, ${event.type}, ${bytes(event.bytes)}: ${event.reason}.`,
  'link.changed': (event) =>
    event.up
      ? `The link is up at ${count(event.bitsPerSecond / 1e6)} Mbit/s.`
      : 'The link is down.',
  'migration.estimate': (event) =>
    `Paused now, the VM would stand still for about ${time(event.downtimeNs)}: ${plural(event.pending, 'page')} at ${rate((event.bytesPerSecond * 8) / 1e6)}.`,
  'vm.slowed': (event) => `The guest lost ${time(event.lostNs)} to ${SLOWED_BY[event.cause]}.`,
  'vm.created': (event) =>
    `Room for the VM: ${plural(event.pages, 'page')} on a ${vmmName(event.vmm)} host.`,
  'vm.paused-by-hand': () => 'The VM is paused by hand.',
  'vm.resumed-by-hand': () => 'The VM runs on, by hand.',
  'vm.blocked': (event) => `The guest waits for page ${event.gfn}, which has not arrived.`,
  'vm.unblocked': (event) =>
    `Page ${event.gfn} is there: the guest had waited ${time(event.waitedNs)}.`,
  'vm.throttled': (event) => `${event.percent} % of its time are withheld from the guest.`,
  'stage.left': (event) => `Stage ${event.stage} ends: ${event.name}.`,
  'choice.made': (event) =>
    `${algorithmName(event.algorithm)} is chosen ${event.by === 'random' ? 'at random' : 'for its targets'}: ${event.reason}`,
  'choice.predicted': (event) =>
    `${algorithmName(event.algorithm)} would take ${time(event.totalTimeNs)}, ${time(event.downtimeNs)} of downtime${event.ends ? '' : ', and not end by itself'}.`,
  'migration.add-ons': (event) => addOnsText(event),
  'frame.received': (event) => `Frame ${event.type} arrives: ${event.summary}`,
  'frame.dropped': (event) => `Frame ${event.type} is dropped: ${event.reason}`,
  'probe.lost': (event) => `The client’s request ${event.probe} is lost.`,
  'probe.duplicate': (event) => `The client’s request ${event.probe} is answered once more.`,
  'fetch.started': (event) => `The client downloads ${event.path}.`,
  'fetch.finished': (event) =>
    `The download of ${event.path} ends after ${time(event.elapsedNs)}: ${event.trouble === '' ? `${bytes(event.bytes)}, all right` : event.trouble}.`,
  'fault.struck': (event) => `A fault of the scenario (${event.fault}): ${event.what}`,
  'parameter.changed': (event) => `The guest’s ${event.name} becomes ${count(event.value)}.`,
};

/** One line of the log. */
export function noteText(event: LabEvent): string {
  const said = announcement(event);
  if (said !== undefined) return said;
  const note = (NOTES as Readonly<Record<string, (event: never) => string>>)[event.kind];
  return note?.(event as never) ?? event.kind;
}

function addOnsText(figures: AddOnFigures): string {
  const parts = [
    figures.xbzrlePages > 0 ? `${plural(figures.xbzrlePages, 'page')} as differences` : '',
    figures.xbzrleUnchanged > 0
      ? `${plural(figures.xbzrleUnchanged, 'page')} left out as unchanged`
      : '',
    figures.compressedPages > 0 ? `${plural(figures.compressedPages, 'page')} compressed` : '',
    figures.cpuThrottlePercent > 0
      ? `the guest throttled by up to ${figures.cpuThrottlePercent} %`
      : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'The add-ons had nothing to do.' : `Add-ons: ${parts.join(', ')}.`;
}
