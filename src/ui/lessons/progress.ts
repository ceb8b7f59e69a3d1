/** Which lessons were done and which goals were reached, kept in the browser's own storage. Storage may be full, forbidden or spoilt: then the page says so and goes on. */
const KEY = 'vm-ferry.lessons';
const VERSION = 1;

export interface Progress {
  readonly done: readonly string[];
  /** Ask for a prediction before each run. */
  readonly predictions: boolean;
  /** The best score of each goal that was reached. */
  readonly best: Readonly<Record<string, number>>;
}

export type Saved = 'nothing-yet' | 'saved' | 'not-saved';

export const NO_PROGRESS: Progress = { done: [], predictions: true, best: {} };

export function readProgress(storage: Pick<Storage, 'getItem'> | undefined): {
  readonly progress: Progress;
  readonly saved: Saved;
} {
  try {
    if (!storage) return { progress: NO_PROGRESS, saved: 'not-saved' };
    const text = storage.getItem(KEY);
    if (text === null) return { progress: NO_PROGRESS, saved: 'nothing-yet' };
    return { progress: checked(JSON.parse(text)), saved: 'saved' };
  } catch {
    return { progress: NO_PROGRESS, saved: 'not-saved' };
  }
}

/** What another version or another hand has written is taken as far as it can be understood. */
function checked(value: unknown): Progress {
  if (typeof value !== 'object' || value === null) return NO_PROGRESS;
  const { version, done, predictions, best } = value as Record<string, unknown>;
  if (version !== VERSION || !Array.isArray(done)) return NO_PROGRESS;
  const ids = done.filter((id) => typeof id === 'string').slice(0, 100);
  return { done: ids, predictions: predictions !== false, best: scores(best) };
}

function scores(value: unknown): Progress['best'] {
  if (typeof value !== 'object' || value === null) return {};
  const pairs = Object.entries(value).filter((pair): pair is [string, number] =>
    Number.isFinite(pair[1]),
  );
  return Object.fromEntries(pairs.slice(0, 100));
}

/** With this score, unless a better one is known. */
export function withScore(progress: Progress, id: string, score: number): Progress {
  const known = progress.best[id];
  if (known !== undefined && known <= score) return progress;
  return { ...progress, best: { ...progress.best, [id]: score } };
}

export function writeProgress(
  storage: Pick<Storage, 'setItem'> | undefined,
  progress: Progress,
): Saved {
  try {
    if (!storage) return 'not-saved';
    storage.setItem(KEY, JSON.stringify({ version: VERSION, ...progress }));
    return 'saved';
  } catch {
    return 'not-saved';
  }
}

/** Even to name the storage may be forbidden. */
export function ownStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
