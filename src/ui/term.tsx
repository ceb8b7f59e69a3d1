/** A term with its meaning a press away, or shown while pointed at or focused: a native popover, which Esc closes. */
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useId, useState } from 'preact/hooks';
import { lazy } from './kit/lazy.tsx';
import type { TermId } from './strings/glossary.ts';
import { meaning } from './strings/page.ts';

interface TermProps {
  readonly id: TermId;
  readonly children: ComponentChildren;
}

const Meaning = lazy(() => import('./term-meaning.tsx').then((file) => file.Meaning), meaning);

async function pointedAt({ currentTarget: button }: TargetedEvent<HTMLButtonElement>) {
  (await import('./term-hover.ts')).showWhilePointedAt(button);
}

export function Term({ id, children }: TermProps) {
  const popover = `term-${useId()}`;
  const [asked, setAsked] = useState(false);
  return (
    <>
      <button
        type="button"
        class="term-button"
        popovertarget={popover}
        onPointerEnter={pointedAt}
        onFocus={pointedAt}
      >
        {children}
      </button>
      <span
        id={popover}
        popover="auto"
        class="term-popover"
        role="note"
        onBeforeToggle={() => setAsked(true)}
      >
        {asked && <Meaning id={id} />}
      </span>
    </>
  );
}
