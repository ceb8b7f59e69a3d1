/** The worker's side of a host: makes the party it is told to make and does what it is asked, in order. */
import type { PartyReport } from '../lab/party.ts';
import type { PartyPort } from '../lab/party-port.ts';
import type { HostWiring } from '../lab/wiring.ts';
import type { Endpoint } from './endpoint.ts';
import { type PartyCall, type PartyRequest, performCall, reportBuffers } from './party-wire.ts';

export function serveHost(
  endpoint: Endpoint,
  makeHost: (wiring: HostWiring) => Promise<PartyPort>,
): void {
  let party: PartyPort | undefined;
  const perform = async (call: PartyCall): Promise<unknown> => {
    if (call.kind === 'create') {
      party = await makeHost(call.wiring);
      return undefined;
    }
    if (party === undefined) throw new Error('the host was not created');
    return performCall(party, call);
  };
  endpoint.onMessage(async (message) => {
    const { id, call } = message as PartyRequest;
    try {
      const value = await perform(call);
      const buffers = call.kind === 'advance' ? reportBuffers(value as PartyReport) : [];
      endpoint.postMessage({ id, ok: true, value }, buffers);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      endpoint.postMessage({ id, ok: false, reason });
    }
  });
}
