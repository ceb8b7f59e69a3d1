/** One host in a worker of its own: killing it is switching the host off. */
import { type DomPort, domEndpoint } from '../src/bridge/endpoint.ts';
import { serveHost } from '../src/bridge/host-server.ts';
import { HostParty } from '../src/lab/host-party.ts';

export function startHost(): void {
  serveHost(domEndpoint(self as unknown as DomPort), (wiring) => new HostParty(wiring));
}
