/** One host in a worker of its own: killing it is switching the host off. */
import { type DomPort, domEndpoint } from '../src/bridge/endpoint.ts';
import { serveHost } from '../src/bridge/host-server.ts';
import { HostParty } from '../src/lab/host-party.ts';
import { loadHostCode } from '../src/lab/late-code.ts';
import { inThread } from '../src/lab/party-port.ts';

export function startHost(): void {
  serveHost(domEndpoint(self as unknown as DomPort), async (wiring) => {
    await loadHostCode(wiring);
    return inThread(new HostParty(wiring));
  });
}
