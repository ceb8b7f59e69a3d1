/**
 * What crosses between the simulation and a host's worker: requests with a number, answers with the
 * same number. Buffers of frames, messages and trace columns are handed over, not copied.
 */
import type { LabParty, PartyCheckpoint, PartyReport, Payload } from '../lab/party.ts';
import type { HostWiring } from '../lab/wiring.ts';
import type { Grant } from '../sim/lockstep.ts';

export type PartyCall =
  | { readonly kind: 'create'; readonly wiring: HostWiring }
  | { readonly kind: 'advance'; readonly grant: Grant<Payload> }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'restore'; readonly checkpoint: PartyCheckpoint }
  | { readonly kind: 'testimony' }
  | { readonly kind: 'guest-inputs' };

export interface PartyRequest {
  readonly id: number;
  readonly call: PartyCall;
}

export type PartyAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly reason: string };

export function performCall(
  party: LabParty,
  call: Exclude<PartyCall, { kind: 'create' }>,
): unknown {
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
  }
}

/** Buffers of a report that the sender does not need any more. */
export function reportBuffers({ trace, outgoing }: PartyReport): ArrayBuffer[] {
  const { at, sequence, kind, gfn, detail } = trace.pages;
  return [
    ...payloadBuffers(outgoing),
    at.buffer,
    sequence.buffer,
    kind.buffer,
    gfn.buffer,
    detail.buffer,
  ];
}

export function grantBuffers({ deliveries }: Grant<Payload>): ArrayBuffer[] {
  return payloadBuffers(deliveries);
}

/** A flooded frame is in several envelopes at once, and a buffer can be handed over only once. */
function payloadBuffers(envelopes: readonly { readonly payload: Payload }[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { payload } of envelopes) {
    if (payload.kind === 'message') buffers.add(payload.bytes.buffer);
  }
  return [...buffers];
}
