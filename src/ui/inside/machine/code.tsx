/** The instructions around the next one. */

import { hex32, toHex } from '../../../base/hex.ts';
import * as words from '../../strings/machine.ts';
import { useApp, useStore } from '../../use-store.ts';
import { toggleBreakpoint } from './breakpoints.tsx';
import { codeLines } from './code-lines.ts';
import { type Look, numberIn } from './look.ts';

const CS_32 = 0x400;

export function Code({ look }: { readonly look: Look }) {
  const app = useApp();
  const breakpoints = useStore((state) => state.breakpoints);
  const { registers, code } = look;
  const eip = numberIn(registers, 'eip');
  const linear = (numberIn(registers, 'cs.base') + eip) >>> 0;
  const code32 = (numberIn(registers, 'cs.access') & CS_32) !== 0;
  const lines = codeLines(code, linear, eip, code32);
  return (
    <section aria-labelledby="code">
      <h3 id="code">{words.nextInstruction}</h3>
      {lines.length === 0 ? (
        <p class="aside">{words.codeNotThere}</p>
      ) : (
        <ol class="code">
          {lines.map(({ at, bytes, text, current }) => (
            <li key={at} aria-current={current ? 'true' : undefined}>
              <button
                type="button"
                class="break"
                aria-label={words.breakpointAt(hex32(at))}
                aria-pressed={breakpoints.includes(at)}
                onClick={() => toggleBreakpoint(app, at)}
              />
              <span class="when">{hex32(at)}</span> <span class="code-bytes">{toHex(bytes)}</span>{' '}
              {text}
            </li>
          ))}
        </ol>
      )}
      <p class="aside">{words.decodedBackwards}</p>
    </section>
  );
}
