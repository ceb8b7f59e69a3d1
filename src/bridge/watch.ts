/**
 * Sees that a worker is still there: it is asked for a sign of life again and again, for one that hangs
 * or was killed raises no event. Several looks in a row must find it silent: after a computer's sleep
 * the timer is due before the answer that has long been there gets its turn. A look that comes late
 * itself says nothing of the worker: the whole machine is busy then, or was asleep.
 */
import type { LabSession } from '../lab/session.ts';
import { Patience } from './patience.ts';

/** A simulation in its worker, which answers even while it is busy. */
export interface WorkerSession extends LabSession {
  alive(): Promise<void>;
}

const LOOK_MS = 250;
const LEAST_MS = 3 * LOOK_MS;
const LATE_MS = 2 * LOOK_MS;

/** Returns how to stop. A worker that is still being loaded has all the time it needs. */
export function watchWorker(alive: () => Promise<void>, onSilence: () => void): () => void {
  let answered = false;
  let waiting = false;
  let silentMs = 0;
  let limitMs = LEAST_MS;
  const patience = new Patience(LEAST_MS);
  const ask = async () => {
    const askedAt = performance.now();
    limitMs = patience.limitMs(askedAt);
    waiting = true;
    await alive();
    answered = true;
    waiting = false;
    silentMs = 0;
    const now = performance.now();
    patience.heard(now, now - askedAt);
  };
  void ask();
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const late = performance.now() - lookedAt > LATE_MS;
    lookedAt = performance.now();
    if (!waiting) void ask();
    else if (answered && !late) silentMs += LOOK_MS;
    if (silentMs < limitMs) return;
    clearInterval(timer);
    onSilence();
  }, LOOK_MS);
  return () => clearInterval(timer);
}
