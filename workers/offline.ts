/**
 * The page's service worker: after the first visit the page opens and migrates without a network. It
 * keeps exactly the files of one build; the build writes their list before this script.
 */
declare const OFFLINE_FILES: readonly string[];
declare const OFFLINE_VERSION: string;

function keepOffline(worker: ServiceWorkerGlobalScope): void {
  const prefix = `vm-ferry ${worker.registration.scope} `;
  const name = prefix + OFFLINE_VERSION;

  // Through the browser's own cache: what the first visit has loaded is not loaded again.
  const fill = async () => (await caches.open(name)).addAll([...OFFLINE_FILES]);

  const forgetOthers = async () => {
    const others = (await caches.keys()).filter((key) => key.startsWith(prefix) && key !== name);
    await Promise.all(others.map((key) => caches.delete(key)));
  };

  /** The newest page while there is a network; files by their names, which say what is in them. */
  const answer = async (request: Request): Promise<Response> => {
    const cache = await caches.open(name);
    // A server may say that answers vary with the asker's origin; these are the page's own.
    const kept = () => cache.match(request, { ignoreVary: true });
    if (request.mode !== 'navigate') return (await kept()) ?? fetch(request);
    try {
      return await fetch(request);
    } catch (error) {
      const page = await cache.match('./');
      if (page) return page;
      throw error;
    }
  };

  worker.addEventListener('install', (event) => event.waitUntil(fill()));
  worker.addEventListener('activate', (event) =>
    event.waitUntil(Promise.all([forgetOthers(), worker.clients.claim()])),
  );
  worker.addEventListener('fetch', (event) => {
    const { request } = event;
    const own = request.url.startsWith(worker.registration.scope);
    if (request.method === 'GET' && own) event.respondWith(answer(request));
  });
}

keepOffline(self as unknown as ServiceWorkerGlobalScope);
