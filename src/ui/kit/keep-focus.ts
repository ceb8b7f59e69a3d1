/**
 * When what has the focus is taken away (a button that was pressed and gave way to another), the focus
 * goes to what stands in its place: without it, whoever uses the keyboard would begin at the page's top.
 */
const FOCUSABLE =
  'button:not([disabled]), a[href], input:not([disabled]), select, textarea, summary, [tabindex="0"]';

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
  const forget = ({ target }: FocusEvent) => {
    // Left by a press beside it, and not because it went.
    if (target instanceof Element && target.isConnected) path = [];
  };
  const mend = () => {
    if (path.length === 0 || path[0].isConnected || document.activeElement !== document.body)
      return;
    const place = path.find((element) => element.isConnected) ?? root;
    path = [];
    for (const next of place.querySelectorAll<HTMLElement>(FOCUSABLE)) {
      if (!next.checkVisibility()) continue;
      next.focus({ preventScroll: true });
      return;
    }
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
