/** The kinds of faults that the simulation places and counts, and how an input or a strike is named. */
import type { Party } from '../../trace/event.ts';
import type { LabInput } from '../scenario.ts';

export const FAULT_KINDS = [
  'link down',
  'link one way',
  'link slow',
  'link delay',
  'link lossy',
  'message lost',
  'message doubled',
  'message damaged',
  'message overtaken',
  'source paused',
  'destination paused',
  'source crashed',
  'destination crashed',
  'source clock',
  'destination clock',
  'out of memory',
  'announcement lost',
  'switch stale',
  'cancelled',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * What an input does as soon as it is applied, `source` being the host that sends the VM away; an
 * order for messages counts when it strikes.
 */
export function kindOfInput(input: LabInput, source: Party): FaultKind | undefined {
  switch (input.kind) {
    case 'cancel':
      return 'cancelled';
    case 'crash':
      return input.host === source ? 'source crashed' : 'destination crashed';
    case 'pause':
      return input.host === source ? 'source paused' : 'destination paused';
    case 'clock':
      return input.host === source ? 'source clock' : 'destination clock';
    case 'memory':
      return 'out of memory';
    case 'announcements':
      return 'announcement lost';
    case 'switch':
      return 'switch stale';
    case 'link':
      return kindOfLink(input);
    default:
      return undefined;
  }
}

function kindOfLink(input: Extract<LabInput, { kind: 'link' }>): FaultKind | undefined {
  if (input.up === false) return input.direction === undefined ? 'link down' : 'link one way';
  if (input.up !== undefined) return undefined;
  if (input.losePercent !== undefined) return 'link lossy';
  if (input.bandwidthMbps !== undefined) return 'link slow';
  return input.extraDelayMs !== undefined ? 'link delay' : undefined;
}

const STRIKES: Readonly<Record<string, FaultKind>> = {
  lose: 'message lost',
  duplicate: 'message doubled',
  corrupt: 'message damaged',
  reorder: 'message overtaken',
};

/** What a `fault.struck` event did to a message. */
export const kindOfStrike = (fault: string): FaultKind | undefined => STRIKES[fault];
