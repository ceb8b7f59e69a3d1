/**
 * When what has the focus is taken away (a button that was pressed and gave way to another), the focus
 * goes to what stands in its place: without it, whoever uses the keyboard would begin at the page's top.
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
  // Before an element is taken away it loses the focus too: only afterwards it is seen why it was left.
  const forget = ({ target }: FocusEvent) => {
    setTimeout(() => {
      if (target === path[0] && path[0].isConnected && document.activeElement !== target) path = [];
    });
  };
  const mend = () => {
    if (path.length === 0 || path[0].isConnected || document.activeElement !== document.body)
      return;
    const places = path.filter((element) => element.isConnected);
    path = [];
    for (const place of places)
      for (const next of place.querySelectorAll<HTMLElement>(FOCUSABLE))
        if (next.checkVisibility()) return next.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(mend);
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener('focusin', remember);
  root.addEventListener('focusout', forget);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', remember);
    root.removeEventListener('focusout', forget);
  };
}
