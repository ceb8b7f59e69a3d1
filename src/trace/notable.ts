/** Events worth stopping at when a person steps through time. */
import type { LabEvent } from './event.ts';

const QUIET_MESSAGES = ['ping', 'pong', 'ack'];

export function notable(event: LabEvent): boolean {
  switch (event.kind) {
    case 'probe.sent':
    case 'probe.answered':
    case 'fetch.progress':
    case 'frame.sent':
    case 'frame.forwarded':
    case 'frame.received':
    case 'console.output':
    case 'console.answered':
    case 'dirty-log.read':
    case 'migration.estimate':
    case 'vm.slowed':
      return false;
    case 'message.sent':
    case 'message.received':
      return !QUIET_MESSAGES.includes(event.type);
    default:
      return true;
  }
}

/** A person may let time pass until the next of these. */
export const STOP_CONDITIONS = [
  'round',
  'paused',
  'fault',
  'activated',
  'answered',
  'ended',
] as const;
export type StopCondition = (typeof STOP_CONDITIONS)[number];

/** Which condition the event meets; first faults are page events and not among these. */
export function meets(event: LabEvent): StopCondition | undefined {
  switch (event.kind) {
    case 'round.ended':
      return 'round';
    case 'vm.paused':
      return 'paused';
    case 'vm.activated':
      return 'activated';
    case 'arp.updated':
      return event.previousMac === '' ? undefined : 'answered';
    case 'migration.status':
      return event.role === 'source' && OVER.includes(event.status) ? 'ended' : undefined;
    default:
      return undefined;
  }
}

const OVER = ['completed', 'failed', 'cancelled'];
