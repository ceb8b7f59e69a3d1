/** The worker's side of a host: makes the party it is told to make and does what it is asked, in order. */
import type { LabParty, PartyReport } from '../lab/party.ts';
import type { HostWiring } from '../lab/wiring.ts';
import type { Endpoint } from './endpoint.ts';
import { type PartyAnswer, type PartyRequest, performCall, reportBuffers } from './party-wire.ts';

export function serveHost(endpoint: Endpoint, makeHost: (wiring: HostWiring) => LabParty): void {
  let party: LabParty | undefined;
  endpoint.onMessage((message) => {
    const { id, call } = message as PartyRequest;
    try {
      if (call.kind === 'create') {
        party = makeHost(call.wiring);
        answer(endpoint, { id, ok: true, value: undefined });
        return;
      }
      if (party === undefined) throw new Error('the host was not created');
      const value = performCall(party, call);
      answer(
        endpoint,
        { id, ok: true, value },
        call.kind === 'advance' ? reportBuffers(value as PartyReport) : [],
      );
    } catch (error) {
      answer(endpoint, {
        id,
        ok: false,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  });
}

function answer(
  endpoint: Endpoint,
  message: PartyAnswer,
  buffers: readonly ArrayBuffer[] = [],
): void {
  endpoint.postMessage(message, buffers);
}
