/**
 * The page's way to a lab: starts the simulation's worker and gives its session back. The only file
 * of the page that knows Comlink. What crosses is plain data; failures come back as values.
 */
import * as Comlink from 'comlink';
import labWorkerUrl from '../../workers/lab.worker.ts?worker&url';
import { err, type Result } from '../base/result.ts';
import type { Exporter, ExportRequest } from '../lab/export.ts';
import type { LabSession } from '../lab/session.ts';
import { workerOptions, workerUrl } from './trusted-worker.ts';

/** Hosts in workers of their own, or the whole lab in one: a lane of a comparison. */
export type Placement = 'workers' | 'one-worker';

export async function connectSession(placement: Placement = 'workers'): Promise<LabSession> {
  const worker = startWorker(placement === 'workers' ? 'simulation' : 'lane');
  const remote = Comlink.wrap<LabSession>(worker);
  const guarded = guard(worker);
  return {
    open: (scenario) => guarded(remote.open(scenario)),
    advance: (until, stop) => guarded(remote.advance(until, stop)),
    step: (kind) => guarded(remote.step(kind)),
    input: (input) => guarded(remote.input(input)),
    rewind: (at) => guarded(remote.rewind(at)),
    inspect: (question) => guarded(remote.inspect(question)),
    carried: (question) => guarded(remote.carried(question)),
    finish: () => guarded(remote.finish()),
    close: async () => worker.terminate(),
  };
}

/** Makes one file of a run, in a worker that lives as long as that takes. */
export async function exportFile(request: ExportRequest): ReturnType<Exporter['exportFile']> {
  const worker = startWorker('exporter');
  try {
    return await guard(worker)(Comlink.wrap<Exporter>(worker).exportFile(request));
  } finally {
    worker.terminate();
  }
}

function startWorker(name: string): Worker {
  const url = workerUrl(labWorkerUrl);
  return new Worker(url, workerOptions(url, name));
}

/** A worker that died answers nothing: its error ends whatever waits for it. */
function guard(worker: Worker): <T>(call: Promise<unknown>) => Promise<Result<T, string>> {
  const death = new Promise<Result<never, string>>((resolve) => {
    worker.addEventListener('error', (event) =>
      resolve(err(event.message || 'the simulation worker could not start')),
    );
  });
  // Comlink wraps each answer's type anew; what it is stays what was promised.
  return <T>(call: Promise<unknown>) =>
    Promise.race([call as Promise<Result<T, string>>, death]).catch((error: unknown) =>
      err(error instanceof Error ? error.message : String(error)),
    );
}
