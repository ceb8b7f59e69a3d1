/**
 * The keys of presenter remotes, which are small keyboards: PageDown and PageUp, a key that blanks the
 * screen, and a start button that sends F5 and Esc in turn. F5 is the browser's: it loads the page
 * again, which comes back at the very moment.
 */
import { belongsTo } from '../keys.ts';
import type { App } from '../use-store.ts';
import { toggleBlank, togglePresent } from '../views.ts';
import { nextCue, previousCue } from './go.ts';

const ACTIONS: Readonly<Record<string, (app: App) => void>> = {
  PageDown: nextCue,
  ArrowRight: nextCue,
  PageUp: previousCue,
  ArrowLeft: previousCue,
  '.': toggleBlank,
  b: toggleBlank,
  Escape: ({ store }) => togglePresent(store),
};

/** Before the page's own keys; also in the window with the notes. Returns how to stop. */
export function listenToRemote(app: App, place: Window): () => void {
  const hear = (event: KeyboardEvent) => {
    const { key, target, ctrlKey, altKey, metaKey, shiftKey } = event;
    if (ctrlKey || altKey || metaKey || shiftKey || !Object.hasOwn(ACTIONS, key)) return;
    if (isElement(target) && belongsTo(target, key)) return;
    if (key === 'Escape' && place.document.querySelector(':popover-open')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ACTIONS[key](app);
  };
  place.addEventListener('keydown', hear, { capture: true });
  return () => place.removeEventListener('keydown', hear, { capture: true });
}

/** Of whichever window: each has an Element of its own. */
const isElement = (target: EventTarget | null): target is Element =>
  target !== null && 'closest' in target;
