/** The simulation: virtual clock, network and trace here, the hosts beside it or in workers of their own. */
import * as Comlink from 'comlink';
import { ok } from '../src/base/result.ts';
import { domEndpoint } from '../src/bridge/endpoint.ts';
import { connectHost } from '../src/bridge/remote-party.ts';
import { workerOptions, workerUrl } from '../src/bridge/trusted-worker.ts';
import { transferUpdate } from '../src/bridge/update-buffers.ts';
import type { WorkerSession } from '../src/bridge/watch.ts';
import { LabRunner } from '../src/lab/lab-runner.ts';
import type { HostWiring } from '../src/lab/wiring.ts';
import { loadGuest } from './load-guest.ts';
import { ownScript } from './own-script.ts';

const timers = {
  now: () => performance.now(),
  after(milliseconds: number, action: () => void): () => void {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** `hostsInWorkers`: false keeps the whole lab in this worker. */
export function startSimulation(hostsInWorkers: boolean): void {
  const breathe = () => new Promise<void>((resolve) => setTimeout(resolve));
  const surroundings = { loadGuest, wallClock: () => performance.now(), breathe };
  const spawnHost = (wiring: HostWiring) => connectHost(domEndpoint(spawn('host')), wiring, timers);
  const runner = new LabRunner(hostsInWorkers ? { ...surroundings, spawnHost } : surroundings);
  /** A narrow façade: Comlink would let the page reach everything else. */
  const session: WorkerSession = {
    alive: async () => {},
    open: async (scenario) => transferUpdate(await runner.open(scenario)),
    advance: async (until, stop) => transferUpdate(await runner.advance(until, stop)),
    step: async (kind) => transferUpdate(await runner.step(kind)),
    input: async (input) => transferUpdate(await runner.input(input)),
    rewind: async (at) => transferUpdate(await runner.rewind(at)),
    inspect: (question) => runner.inspect(question),
    carried: (question) => runner.carried(question),
    finish: async () => transferUpdate(await runner.finish()),
    pulse: async () => {
      const answer = await runner.pulse();
      return answer.ok && answer.value ? transferUpdate(ok(answer.value)) : answer;
    },
    close: () => runner.close(),
  };
  Comlink.expose(session);
}

/** Another worker from this very script, which the browser has already. */
function spawn(role: string): Worker {
  const url = workerUrl(ownScript());
  return new Worker(url, workerOptions(url, role));
}
