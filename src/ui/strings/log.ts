/** The log of the run. */
import type { LabEvent } from '../../trace/event.ts';
import type { LogKind } from '../log/filters.ts';
import { bytes, count, plural, time } from './format.ts';
import { algorithmName, announcement } from './sentences.ts';

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

/** One line of the log. */
export function noteText(event: LabEvent): string {
  const said = announcement(event);
  if (said !== undefined) return said;
  switch (event.kind) {
    case 'lab.ready':
      return `The lab is wired; seed ${event.seed}.`;
    case 'lab.input':
      return `Input from outside: ${event.input}`;
    case 'vm.started':
      return 'The guest starts.';
    case 'vm.loaded':
      return `The VM stands where the file had it (SHA-256 ${event.digest.slice(0, 16)}…).`;
    case 'vm.stopped':
      return `The guest ended: ${event.cause}.`;
    case 'vm.destroyed':
      return `The VM’s place is cleared: ${plural(event.framesFreed, 'frame')} freed.`;
    case 'migration.status':
      return `The ${event.role} is ${event.status}${event.reason === '' ? '' : `: ${event.reason}`}.`;
    case 'migration.negotiated':
      return `Agreed on ${algorithmName(event.algorithm)}, state as ${event.format}.`;
    case 'stage.entered':
      return `Stage ${event.stage}: ${event.name}.`;
    case 'round.ended':
      return `Round ${event.round} ends: ${plural(event.sent, 'page')} sent, ${count(event.dirtied)} written meanwhile.`;
    case 'decision':
      return `Decision: ${event.action}. ${event.reason}`;
    case 'state.saved':
      return `CPU and devices saved as ${event.format}: ${count(event.bytes)} bytes in ${time(event.costNs)}.`;
    case 'state.translated':
      return `CPU and devices translated from ${event.from} to ${event.to}: ${count(event.bytes)} bytes in ${time(event.costNs)}.`;
    case 'switch.learned':
      return `The switch learns ${event.mac} at port ${event.port}.`;
    case 'switch.aged':
      return `The switch forgets ${event.mac}: nothing was heard from it for too long.`;
    case 'arp.aged':
      return `The client forgets the MAC of ${event.ip}, which is too old (ARP cache ageing).`;
    case 'arp.updated':
      return `The client learns that ${event.ip} is ${event.mac}.`;
    case 'message.dropped':
      return `A message was lost: ${event.reason}.`;
    case 'link.changed':
      return event.up
        ? `The link is up at ${count(event.bitsPerSecond / 1e6)} Mbit/s.`
        : 'The link is down.';
    default:
      return event.kind;
  }
}
