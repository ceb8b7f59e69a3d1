/**
 * A lecture survives a reload, which remotes ask for with F5: the moment, the changes made on the way
 * and the page's looks are kept for this tab, and taken up by the next loading of the same address.
 */
import type { App } from '../use-store.ts';
import { keptRunOf, openKept, readKept } from './kept-run.ts';

const KEY = 'vm-ferry.lecture';

/** Writes when the page goes; returns how to stop. */
export function keepLecture(app: App): () => void {
  const keep = () => {
    try {
      const { mode } = app.store.getState();
      if (mode === 'present') sessionStorage.setItem(KEY, JSON.stringify(keptRunOf(app, mode)));
      else sessionStorage.removeItem(KEY);
    } catch {
      // This browser keeps nothing for the page: it starts where its address says.
    }
  };
  addEventListener('pagehide', keep);
  return () => removeEventListener('pagehide', keep);
}

/** False: there is nothing to take up. */
export function takeUpLecture(app: App): boolean {
  try {
    const kept = readKept(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    if (kept === undefined || kept.hash !== location.hash) return false;
    void openKept(app, kept);
    return true;
  } catch {
    return false;
  }
}
