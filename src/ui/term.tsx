/** A term with its meaning a press away: a native popover, so no hovering is needed and Esc closes it. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { GLOSSARY, isTerm, type TermId } from './strings/glossary.ts';

interface TermProps {
  readonly id: TermId;
  readonly children: ComponentChildren;
}

export function Term({ id, children }: TermProps) {
  const popover = `term-${useId()}`;
  const { plain, term, text } = GLOSSARY[id];
  return (
    <>
      <button type="button" class="term-button" popovertarget={popover}>
        {children}
      </button>
      <span id={popover} popover="auto" class="term-popover" role="note">
        <strong class="term-plain">
          {plain} <span class="term">({term})</span>
        </strong>
        <span class="term-text">{text}</span>
      </span>
    </>
  );
}

/** Text in which `[id|words]` are terms. */
export function Prose({ text }: { readonly text: string }) {
  const parts = text.split(/\[([a-z-]+)\|([^\]]+)\]/);
  return (
    <>
      {parts.map((part, i) => {
        const [kind, words] = [i % 3, parts[i + 1] ?? ''];
        if (kind === 0) return part;
        return kind === 1 && isTerm(part) ? (
          <Term key={i} id={part}>
            {words}
          </Term>
        ) : null;
      })}
    </>
  );
}
