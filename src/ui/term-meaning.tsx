/** What a term means: the plain word, the field's beside it, and a sentence or two. */
import { GLOSSARY, type TermId } from './strings/glossary.ts';

export function Meaning({ id }: { readonly id: TermId }) {
  const { plain, term, text } = GLOSSARY[id];
  return (
    <>
      <strong class="term-plain">
        {plain} <span class="term">({term})</span>
      </strong>
      <span class="term-text">{text}</span>
    </>
  );
}
