/** Text in which `[id|words]` are terms. */
import { isTerm } from '../strings/glossary.ts';
import { Term } from '../term.tsx';

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
