/**
 * Keeps the run on this device as it goes, so that a reload, a closed tab or a browser that ended may
 * be followed by the very same moment. Nothing leaves the device; there is one such run.
 */
import type { App } from '../use-store.ts';
import { decodeKept, keptRunOf, openKept, readKept } from './kept-run.ts';

const KEY = 'vm-ferry.run';
/** A browser that ends without a word takes no more than this with it. */
const EVERY_MS = 2000;

/** Offers the run that was kept, and keeps the one that is made from now on; returns how to stop. */
export function startAutosave(app: App): () => void {
  offer(app);
  const keep = () => keepRun(app);
  const timer = setInterval(keep, EVERY_MS);
  addEventListener('pagehide', keep);
  document.addEventListener('visibilitychange', keep);
  return () => {
    clearInterval(timer);
    removeEventListener('pagehide', keep);
    document.removeEventListener('visibilitychange', keep);
  };
}

/** What was kept last: the same is not written twice. */
let written = '';

function keepRun(app: App): void {
  const { phase, mode } = app.store.getState();
  if (mode !== 'full' || (phase !== 'moving' && phase !== 'done')) return;
  const text = JSON.stringify(keptRunOf(app, mode));
  if (text === written) return;
  try {
    localStorage.setItem(KEY, text);
    written = text;
  } catch {
    // Forbidden or full: then nothing is offered after a reload.
  }
}

function offer(app: App): void {
  const kept = stored();
  if (kept === undefined) return;
  const { view, preset } = decodeKept(kept);
  app.store.setState({ kept: { preset, moment: view.moment ?? 0 } });
}

export function continueKept(app: App): void {
  const kept = stored();
  app.store.setState({ kept: undefined });
  if (kept !== undefined) void openKept(app, kept);
}

export function forgetKept(app: App): void {
  app.store.setState({ kept: undefined });
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then there was nothing.
  }
}

/** Even to name the storage may be forbidden. */
function stored() {
  try {
    return readKept(localStorage.getItem(KEY));
  } catch {
    return undefined;
  }
}
