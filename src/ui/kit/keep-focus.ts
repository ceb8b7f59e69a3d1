/**
 * When what has the focus is taken away (a button that was pressed and gave way to another), hidden or
 * switched off, the focus goes to what stands in its place: without it, whoever uses the keyboard would
 * begin at the page's top.
 * The skip button is nobody's place: it would lie over what it leads past.
 */
const FOCUSABLE = [
  'button:enabled:not(.skip)',
  'a[href]',
  'input:enabled',
  'select:enabled',
  'textarea:enabled',
  'summary',
  '[tabindex="0"]',
].join();

/** Whether it could have the focus: in the page, seen, and not switched off. */
const isThere = (element: Element): boolean =>
  element.isConnected && element.checkVisibility() && !element.matches(':disabled');

/** Watches until the returned function is called. */
export function keepFocus(root: HTMLElement): () => void {
  /** What has the focus, and everything around it, from the inside out. */
  let path: Element[] = [];
  const remember = ({ target }: Event) => {
    path = [];
    for (let at = target as Element | null; at !== null && at !== root; at = at.parentElement)
      path.push(at);
    path.push(root);
  };
  const mend = () => {
    const [lost] = path;
    if (lost === undefined || isThere(lost) || document.activeElement !== document.body) return;
    const places = path.filter((element) => element.isConnected);
    path = [];
    for (const place of places)
      for (const next of place.querySelectorAll<HTMLElement>(FOCUSABLE))
        if (next.checkVisibility()) return next.focus({ preventScroll: true });
  };
  // What is taken away or hidden loses the focus too: only afterwards it is seen why it was left. A
  // dialog that closes gives the focus back by itself, after this event.
  const left = ({ target }: FocusEvent) => {
    const closes = (target as Element).closest('dialog, [popover]') !== null;
    (closes ? setTimeout : queueMicrotask)(() => {
      mend();
      if (target === path[0] && document.activeElement !== target) path = [];
    });
  };
  const observer = new MutationObserver(mend);
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener('focusin', remember);
  root.addEventListener('focusout', left);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', remember);
    root.removeEventListener('focusout', left);
  };
}
