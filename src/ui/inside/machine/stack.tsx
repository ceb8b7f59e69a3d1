/** The stack from its top on, a word a line. */
import { hex32 } from '../../../base/hex.ts';
import { type Look, numberIn } from './look.ts';

export function Stack({ look }: { readonly look: Look }) {
  const { linear, bytes } = look.stack;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) =>
    view.getUint32(4 * i, true),
  );
  const frame = (numberIn(look.registers, 'ss.base') + numberIn(look.registers, 'ebp')) >>> 0;
  return (
    <section aria-labelledby="stack">
      <h3 id="stack">Stack</h3>
      {words.length === 0 ? (
        <p class="aside">The page of the stack’s top is not there.</p>
      ) : (
        <ol class="code">
          {words.map((word, i) => (
            <li key={linear + 4 * i}>
              <span class="when">{hex32(linear + 4 * i)}</span> {hex32(word)}
              {i === 0 && ' ← esp'}
              {linear + 4 * i === frame && ' ← ebp'}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
