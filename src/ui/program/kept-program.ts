/** The editor's text, kept in the browser's own storage, which may be full or forbidden. */
import { MAX_PROGRAM } from '../../lab/guests.ts';
import { ownStorage } from '../lessons/progress.ts';

const KEY = 'vm-ferry.program';

export function keptProgram(): string | undefined {
  try {
    return ownStorage()?.getItem(KEY)?.slice(0, MAX_PROGRAM) ?? undefined;
  } catch {
    return undefined;
  }
}

/** False: it is kept only as long as the page is open. */
export function keepProgram(text: string): boolean {
  try {
    const storage = ownStorage();
    storage?.setItem(KEY, text);
    return storage !== undefined;
  } catch {
    return false;
  }
}
