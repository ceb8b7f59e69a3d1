/**
 * What crosses between the simulation and a host's worker: requests with a number, answers with the
 * same number. Buffers of trace columns are handed over, not copied.
 */
import type { PartyCheckpoint, PartyGrant, PartyReport, Question } from '../lab/party.ts';
import type { PartyPort } from '../lab/party-port.ts';
import type { HostWiring } from '../lab/wiring.ts';

export type PartyCall =
  | { readonly kind: 'create'; readonly wiring: HostWiring }
  | { readonly kind: 'advance'; readonly grant: PartyGrant }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'restore'; readonly checkpoint: PartyCheckpoint }
  | { readonly kind: 'testimony' }
  | { readonly kind: 'guest-inputs' }
  | { readonly kind: 'inspect'; readonly question: Question }
  | { readonly kind: 'mark'; readonly id: number }
  | { readonly kind: 'rewind'; readonly id: number }
  | { readonly kind: 'forget'; readonly ids: readonly number[] }
  | { readonly kind: 'pulse' };

export interface PartyRequest {
  readonly id: number;
  readonly call: PartyCall;
}

export type PartyAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly reason: string };

export function performCall(
  party: PartyPort,
  call: Exclude<PartyCall, { kind: 'create' }>,
): Promise<unknown> {
  switch (call.kind) {
    case 'advance':
      return party.advance(call.grant);
    case 'checkpoint':
      return party.checkpoint();
    case 'restore':
      return party.restore(call.checkpoint);
    case 'testimony':
      return party.testimony();
    case 'guest-inputs':
      return party.guestInputs();
    case 'inspect':
      return party.inspect(call.question);
    case 'mark':
      return party.mark(call.id);
    case 'rewind':
      return party.rewind(call.id);
    case 'forget':
      return party.forget(call.ids);
    case 'pulse':
      return party.pulse();
  }
}

/**
 * Buffers of a report that the sender does not need any more. Frames and messages are copied: the
 * states that were kept for going back still hold them.
 */
export function reportBuffers({ trace }: PartyReport): ArrayBuffer[] {
  const { at, sequence, kind, gfn, detail } = trace.pages;
  return [at.buffer, sequence.buffer, kind.buffer, gfn.buffer, detail.buffer];
}
