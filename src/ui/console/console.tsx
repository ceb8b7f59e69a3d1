/**
 * The guest's console: what it prints, and its serial line, at which the client sits. A keystroke is an
 * input of the run; it crosses the network to the VM's UART, and what the guest makes of it comes back.
 */

import { useRef } from 'preact/hooks';
import { notNow } from '../../store/run-actions.ts';
import * as words from '../strings/console.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';
import { asciiOnly, keyText, terminalText } from './terminal.ts';
import './console.css';

/** As many of the newest characters fit beside the stage. */
const SHOWN = 600;

export function Console() {
  const { hosts } = usePicture();
  const text = hosts.map(({ console }) => console).join('');
  return (
    <div class="guest-console">
      <h3>{words.printed}</h3>
      <pre class="console">{text === '' ? words.nothingPrinted : text}</pre>
      <h3>{words.serialLine}</h3>
      <Terminal />
    </div>
  );
}

function Terminal() {
  const { terminal } = usePicture();
  const shown = terminalText(terminal.text).slice(-SHOWN);
  return (
    <>
      <div class="console" role="log" aria-label={words.cameBack}>
        {shown}
        <span class="caret" aria-hidden="true">
          ▏
        </span>
      </div>
      <Keys />
      <p class="aside">{answers(terminal)}</p>
    </>
  );
}

/** The guest sends every character back: one that is missing met nobody. */
function answers({ typed, answered }: { readonly typed: number; readonly answered: number }) {
  if (typed === 0) return words.guestSendsBack;
  const open = typed - answered;
  const back = words.typedAndAnswered(typed, answered);
  return open > 0 ? words.andOnTheWay(back, open) : `${back}.`;
}

function Keys() {
  const { player } = useApp();
  const phase = useStore((state) => state.phase);
  const playing = useStore((state) => state.playing);
  const field = useRef<HTMLInputElement>(null);
  const refusal = notNow(phase);
  const send = (text: string) => {
    if (text !== '') player.input({ kind: 'console', text: text.slice(0, 256) });
  };
  return (
    <label class="keys">
      <span>{words.typeToGuest}</span>
      <input
        ref={field}
        type="text"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        readOnly={refusal !== undefined}
        aria-describedby="keys-note"
        onInput={(event) => {
          send(asciiOnly(event.currentTarget.value));
          event.currentTarget.value = '';
        }}
        onKeyDown={(event) => {
          const text = keyText(event.key);
          if (text === undefined || refusal !== undefined) return;
          event.preventDefault();
          send(text);
        }}
      />
      <span id="keys-note" class="aside">
        {refusal ?? (playing ? words.eachKeyLeaves : words.timeStands)}
      </span>
    </label>
  );
}
