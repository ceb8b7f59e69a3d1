/** The simulation: virtual clock, network and trace here, each host in a worker of its own. */
import * as Comlink from 'comlink';
import { domEndpoint } from '../src/bridge/endpoint.ts';
import { fetchGuest } from '../src/bridge/fetch-guest.ts';
import { connectHost } from '../src/bridge/remote-party.ts';
import { workerUrl } from '../src/bridge/trusted-worker.ts';
import { transferUpdate } from '../src/bridge/update-buffers.ts';
import { LabRunner } from '../src/lab/lab-runner.ts';
import type { LabSession } from '../src/lab/session.ts';
import hostUrl from './host.worker.ts?worker&url';

const timers = {
  after(milliseconds: number, action: () => void): () => void {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

const runner = new LabRunner({
  loadGuest: fetchGuest,
  spawnHost: (wiring) =>
    connectHost(domEndpoint(new Worker(workerUrl(hostUrl), { type: 'module' })), wiring, timers),
  wallClock: () => performance.now(),
});

/** A narrow façade: Comlink would let the page reach everything else. */
const session: LabSession = {
  open: async (scenario) => transferUpdate(await runner.open(scenario)),
  advance: async (until) => transferUpdate(await runner.advance(until)),
  step: async (kind) => transferUpdate(await runner.step(kind)),
  input: async (input) => transferUpdate(await runner.input(input)),
  finish: async () => transferUpdate(await runner.finish()),
  close: () => runner.close(),
};

Comlink.expose(session);
