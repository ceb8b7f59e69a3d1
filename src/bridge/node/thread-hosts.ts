/** Hosts in worker threads of Node, for tests and for whoever wants a lab on several cores. */
import { Worker } from 'node:worker_threads';
import type { PartyPort } from '../../lab/party-port.ts';
import type { HostWiring } from '../../lab/wiring.ts';
import { connectHost, type Timers } from '../remote-party.ts';
import { nodeEndpoint } from './node-endpoint.ts';

const timers: Timers = {
  now: () => performance.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** `script`: the built `workers/host.node.ts`, because Node 20 does not run TypeScript. */
export function threadHosts(script: string | URL): (wiring: HostWiring) => Promise<PartyPort> {
  return (wiring) => connectHost(nodeEndpoint(new Worker(script)), wiring, timers);
}
