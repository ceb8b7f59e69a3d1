/**
 * Under `require-trusted-types-for 'script'` a worker's address must come from a policy. Ours lets
 * only addresses of the page's own origin through.
 */
interface TrustedTypesFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): URL };
}

const scope = globalThis as unknown as {
  trustedTypes?: TrustedTypesFactory;
  location: { href: string; origin: string };
};

const policy = scope.trustedTypes?.createPolicy('vm-ferry', {
  createScriptURL(url) {
    const resolved = new URL(url, scope.location.href);
    if (resolved.origin !== scope.location.origin && resolved.protocol !== 'blob:') {
      throw new TypeError(`a worker from another origin: ${resolved.origin}`);
    }
    return resolved.href;
  },
});

/** An address that `new Worker` accepts. */
export function workerUrl(url: string): URL {
  return policy ? policy.createScriptURL(url) : new URL(url, scope.location.href);
}

/** Of a page that is one file, workers are plain scripts: from a disk, browsers start no module in one. */
export function workerOptions(
  url: URL,
  name: string,
): { type: 'classic' | 'module'; name: string } {
  return { type: String(url).startsWith('blob:') ? 'classic' : 'module', name };
}
