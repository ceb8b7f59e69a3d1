/** One host in a worker thread of Node: the same party behind the same messages as in a browser. */
import { parentPort } from 'node:worker_threads';
import { exists } from '../src/base/assert.ts';
import { serveHost } from '../src/bridge/host-server.ts';
import { nodeEndpoint } from '../src/bridge/node/node-endpoint.ts';
import { HostParty } from '../src/lab/host-party.ts';
import { loadHostCode } from '../src/lab/late-code.ts';
import { inThread } from '../src/lab/party-port.ts';

serveHost(nodeEndpoint(exists(parentPort, 'a parent thread')), async (wiring) => {
  await loadHostCode(wiring);
  return inThread(new HostParty(wiring));
});
