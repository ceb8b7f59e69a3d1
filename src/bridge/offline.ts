/** Has the browser keep the page for when there is no network. Not for a page that is one file already. */
import { workerUrl } from './trusted-worker.ts';

export function keepForOffline(): void {
  const served = import.meta.env.PROD && import.meta.env.MODE !== 'single';
  if (!served || !('serviceWorker' in navigator)) return;
  // What is needed now comes first.
  addEventListener('load', () => requestIdleCallback(register), { once: true });
}

function register(): void {
  // TypeScript does not know that a trusted address may stand for a text.
  const address = workerUrl('offline.js') as unknown as string;
  navigator.serviceWorker.register(address).catch((error: unknown) => {
    // Nothing is lost but the page without a network; some browsers forbid this in private windows.
    console.info(`This page is not kept for use without a network: ${String(error)}`);
  });
}
