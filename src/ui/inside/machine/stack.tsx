/** The stack from its top on, a word a line. */

import { hex32 } from '../../../base/hex.ts';
import * as words from '../../strings/machine.ts';
import { type Look, numberIn } from './look.ts';

export function Stack({ look }: { readonly look: Look }) {
  const { linear, bytes } = look.stack;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cells = Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) =>
    view.getUint32(4 * i, true),
  );
  const frame = (numberIn(look.registers, 'ss.base') + numberIn(look.registers, 'ebp')) >>> 0;
  return (
    <section aria-labelledby="stack">
      <h3 id="stack">{words.stack}</h3>
      {cells.length === 0 ? (
        <p class="aside">{words.stackNotThere}</p>
      ) : (
        <ol class="code">
          {cells.map((cell, i) => (
            <li key={linear + 4 * i}>
              <span class="when">{hex32(linear + 4 * i)}</span> {hex32(cell)}
              {i === 0 && words.atEsp}
              {linear + 4 * i === frame && words.atEbp}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
