/**
 * A term's meaning shown while the term is pointed at or focused, as well as by a press (WCAG 1.4.13):
 * Escape dismisses it, the pointer may move onto it, and it stays until neither holds any more.
 * Loaded at the first term that is pointed at or focused.
 */

/** Passing over a term is not pointing at it; and the way to its meaning must not close it. */
const LINGER_MS = 350;

const known = new WeakSet<Element>();

export function showWhilePointedAt(button: HTMLButtonElement): void {
  const meaning = button.popoverTargetElement;
  // Without a place beside its term it would stand in the middle of the page: then by a press only.
  if (!(meaning instanceof HTMLElement) || !CSS.supports('position-area', 'bottom')) return;
  if (known.has(button)) return;
  known.add(button);
  const state = { shownHere: false, dismissed: false, timer: 0 };
  const wanted = () => button.matches(':hover, :focus-visible') || meaning.matches(':hover');
  const settle = () => {
    const open = meaning.matches(':popover-open');
    if (!wanted()) {
      state.dismissed = false;
      if (open && state.shownHere) meaning.hidePopover();
    } else if (!open && !state.dismissed && button.isConnected) {
      meaning.showPopover({ source: button });
      state.shownHere = true;
    }
  };
  const look = () => {
    clearTimeout(state.timer);
    state.timer = window.setTimeout(settle, LINGER_MS);
  };
  for (const kind of ['pointerenter', 'pointerleave', 'focus', 'blur'])
    button.addEventListener(kind, look);
  for (const kind of ['pointerenter', 'pointerleave']) meaning.addEventListener(kind, look);
  // A press on a term that shows its meaning already makes it stay.
  button.addEventListener('click', (event) => {
    if (state.shownHere) event.preventDefault();
    state.shownHere = false;
  });
  meaning.addEventListener('toggle', (event) => {
    if (event.newState === 'open') return;
    state.shownHere = false;
    state.dismissed = wanted();
  });
  look();
}
