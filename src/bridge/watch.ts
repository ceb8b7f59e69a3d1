/**
 * Sees that a worker is still there: it is asked for a sign of life again and again, for one that hangs
 * or was killed raises no event. Several looks in a row must find it silent: after a computer's sleep
 * the timer is due before the answer that has long been there gets its turn. A look that comes late
 * itself says nothing of the worker: the whole machine is busy then, or was asleep.
 */
import type { LabSession } from '../lab/session.ts';

/** A simulation in its worker, which answers even while it is busy. */
export interface WorkerSession extends LabSession {
  alive(): Promise<void>;
}

const LOOK_MS = 250;
const SILENT_LOOKS = 3;
const LATE_MS = 2 * LOOK_MS;

/** Returns how to stop. A worker that is still being loaded has all the time it needs. */
export function watchWorker(alive: () => Promise<void>, onSilence: () => void): () => void {
  let answered = false;
  let waiting = false;
  let silent = 0;
  const ask = async () => {
    waiting = true;
    await alive();
    answered = true;
    waiting = false;
    silent = 0;
  };
  void ask();
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const late = performance.now() - lookedAt > LATE_MS;
    lookedAt = performance.now();
    if (!waiting) void ask();
    else if (answered && !late) silent += 1;
    if (silent < SILENT_LOOKS) return;
    clearInterval(timer);
    onSilence();
  }, LOOK_MS);
  return () => clearInterval(timer);
}
