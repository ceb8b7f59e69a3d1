/** Events worth stopping at when a person steps through time. */
import type { LabEvent } from '../trace/event.ts';

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
