/**
 * The page's way to a lab: starts the simulation's worker and gives its session back. The only file
 * of the page that knows Comlink. What crosses is plain data; failures come back as values.
 */
import * as Comlink from 'comlink';
import simulationUrl from '../../workers/lab.worker.ts?worker&url';
import { err, type Result } from '../base/result.ts';
import type { LabSession, LabUpdate } from '../lab/session.ts';
import { workerUrl } from './trusted-worker.ts';

type Answer = Promise<Result<LabUpdate, string>>;

export async function connectSession(): Promise<LabSession> {
  const worker = new Worker(workerUrl(simulationUrl), { type: 'module', name: 'simulation' });
  const remote = Comlink.wrap<LabSession>(worker);
  let death: string | undefined;
  worker.addEventListener('error', (event) => {
    death ??= event.message || 'the simulation worker could not start';
  });
  /** A worker that died answers nothing: its error ends what waits for it. */
  const guarded = async (call: Answer): Answer => {
    if (death !== undefined) return err(death);
    const failed = new Promise<Result<LabUpdate, string>>((resolve) => {
      worker.addEventListener(
        'error',
        (event) => resolve(err(event.message || 'the simulation worker failed')),
        { once: true },
      );
    });
    try {
      return await Promise.race([call, failed]);
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    open: (scenario) => guarded(remote.open(scenario) as Answer),
    advance: (until) => guarded(remote.advance(until) as Answer),
    step: (kind) => guarded(remote.step(kind) as Answer),
    input: (input) => guarded(remote.input(input) as Answer),
    rewind: (at) => guarded(remote.rewind(at) as Answer),
    finish: () => guarded(remote.finish() as Answer),
    close: async () => worker.terminate(),
  };
}
