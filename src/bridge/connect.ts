/**
 * The page's way to a lab: starts the simulation's worker and gives its session back. The only file
 * of the page that knows Comlink. What crosses is plain data; failures come back as values.
 */
import * as Comlink from 'comlink';
import labWorkerUrl from '../../workers/lab.worker.ts?worker&url';
import { err, type Result } from '../base/result.ts';
import type { CentresSession } from '../lab/data-centre-model.ts';
import type { Exporter } from '../lab/export.ts';
import type { LabSession } from '../lab/session.ts';
import { workerOptions, workerUrl } from './trusted-worker.ts';
import { type WorkerSession, watchWorker } from './watch.ts';

/** Hosts in workers of their own, or the whole lab in one: a lane of a comparison. */
export type Placement = 'workers' | 'one-worker';

export async function connectSession(placement: Placement = 'workers'): Promise<LabSession> {
  const worker = startWorker(placement === 'workers' ? 'simulation' : 'lane');
  const remote = Comlink.wrap<WorkerSession>(worker);
  let stopWatching = () => {};
  const silence = new Promise<string>((resolve) => {
    stopWatching = watchWorker(
      () => remote.alive(),
      () => resolve('the simulation’s worker does not answer'),
    );
  });
  const guarded = guard(Promise.race([errorOf(worker), silence]));
  return {
    open: (scenario) => guarded(remote.open(scenario)),
    advance: (until, stop) => guarded(remote.advance(until, stop)),
    step: (kind) => guarded(remote.step(kind)),
    input: (input) => guarded(remote.input(input)),
    rewind: (at) => guarded(remote.rewind(at)),
    inspect: (question) => guarded(remote.inspect(question)),
    carried: (question) => guarded(remote.carried(question)),
    finish: () => guarded(remote.finish()),
    pulse: () => guarded(remote.pulse()),
    close: async () => {
      stopWatching();
      worker.terminate();
    },
  };
}

/** Makes one file of a run, in a worker that lives as long as that takes. */
export const exportFile: Exporter['exportFile'] = (request) =>
  withExporter((exporter) => exporter.exportFile(request));

/** Says what is in a file; a worker, so that a large one stops nothing. */
export const lookAtFile: Exporter['lookAtFile'] = (name, bytes) =>
  withExporter((exporter) => exporter.lookAtFile(name, bytes));

/** A file as the beginning of a run; nothing of it runs before it is opened as one. */
export const vmFromFile: Exporter['vmFromFile'] = (name, bytes, host) =>
  withExporter((exporter) => exporter.vmFromFile(name, bytes, host));

/** Two data centres in a worker of their own, until they are closed. */
export function connectCentres(): CentresSession & { close(): void } {
  const worker = startWorker('centres');
  const remote = Comlink.wrap<CentresSession>(worker);
  const guarded = guard(errorOf(worker));
  return {
    deploy: (plan) => guarded(remote.deploy(plan)),
    migrate: (id) => guarded(remote.migrate(id)),
    replay: (story) => guarded(remote.replay(story)),
    pass: (ns) => guarded(remote.pass(ns)),
    close: () => worker.terminate(),
  };
}

async function withExporter<T>(
  ask: (exporter: Comlink.Remote<Exporter>) => Promise<unknown>,
): Promise<Result<T, string>> {
  const worker = startWorker('exporter');
  try {
    return await guard(errorOf(worker))<T>(ask(Comlink.wrap<Exporter>(worker)));
  } finally {
    worker.terminate();
  }
}

function startWorker(name: string): Worker {
  const url = workerUrl(labWorkerUrl);
  return new Worker(url, workerOptions(url, name));
}

function errorOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.addEventListener('error', ({ message }) =>
      resolve(message || 'the simulation worker could not start'),
    );
  });
}

/**
 * A worker that died answers nothing: its end ends whatever waits for it. No race against one promise
 * that lasts: each race would stay in memory as long as that promise.
 */
function guard(ended: Promise<string>): <T>(call: Promise<unknown>) => Promise<Result<T, string>> {
  let death: string | undefined;
  const waiting = new Set<(reason: string) => void>();
  void ended.then((reason) => {
    death = reason;
    for (const end of waiting) end(reason);
    waiting.clear();
  });
  return async <T>(call: Promise<unknown>) => {
    if (death !== undefined) return err(death);
    let end = (_reason: string) => {};
    const ending = new Promise<Result<T, string>>((resolve) => {
      end = (reason) => resolve(err(reason));
    });
    waiting.add(end);
    try {
      // Comlink wraps each answer's type anew; what it is stays what was promised.
      return await Promise.race([call as Promise<Result<T, string>>, ending]);
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error));
    } finally {
      waiting.delete(end);
    }
  };
}
