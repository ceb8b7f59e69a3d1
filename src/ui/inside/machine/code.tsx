/** The instructions around the next one. */
import { hex32, toHex } from '../../../base/hex.ts';
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
      <h3 id="code">Next instruction and its neighbours</h3>
      {lines.length === 0 ? (
        <p class="aside">The page of the next instruction is not there.</p>
      ) : (
        <ol class="code">
          {lines.map(({ at, bytes, text, current }) => (
            <li key={at} aria-current={current ? 'true' : undefined}>
              <button
                type="button"
                class="break"
                aria-label={`Breakpoint at ${hex32(at)}`}
                aria-pressed={breakpoints.includes(at)}
                onClick={() => toggleBreakpoint(app, at)}
              />
              <span class="when">{hex32(at)}</span> <span class="code-bytes">{toHex(bytes)}</span>{' '}
              {text}
            </li>
          ))}
        </ol>
      )}
      <p class="aside">
        Those before it are decoded from bytes that lead up to it, and may have been reached
        otherwise.
      </p>
    </section>
  );
}
