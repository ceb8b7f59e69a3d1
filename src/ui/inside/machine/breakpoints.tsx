/** Where time stops by itself: before instructions at chosen addresses. */

import { useState } from 'preact/hooks';
import { hex32 } from '../../../base/hex.ts';
import * as words from '../../strings/machine.ts';
import { type App, useApp, useStore } from '../../use-store.ts';

const MOST = 16;

export function toggleBreakpoint({ store }: App, address: number): void {
  const { breakpoints } = store.getState();
  const others = breakpoints.filter((known) => known !== address);
  const taken = others.length < breakpoints.length;
  const next = taken ? others : [...breakpoints, address].sort((a, b) => a - b).slice(0, MOST);
  store.setState({ breakpoints: next });
}

export function Breakpoints() {
  const app = useApp();
  const breakpoints = useStore((state) => state.breakpoints);
  return (
    <section aria-labelledby="breakpoints">
      <h3 id="breakpoints">{words.breakpoints}</h3>
      <BreakForm />
      {breakpoints.length === 0 ? (
        <p class="aside">{words.noBreakpoints}</p>
      ) : (
        <ul class="breakpoints">
          {breakpoints.map((address) => (
            <li key={address}>
              <code>{hex32(address)}</code>{' '}
              <button
                type="button"
                aria-label={words.removeBreakpoint(hex32(address))}
                onClick={() => toggleBreakpoint(app, address)}
              >
                {words.remove}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function BreakForm() {
  const app = useApp();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const withAddress = (act: (address: number) => void) => {
    const found = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text.trim());
    setWrong(found === null);
    if (found) act(Number.parseInt(found[1], 16));
  };
  const runTo = (address: number) => app.player.lookFor({ kind: 'addresses', linear: [address] });
  const add = (address: number) => {
    if (!app.store.getState().breakpoints.includes(address)) toggleBreakpoint(app, address);
  };
  return (
    <form
      class="address"
      onSubmit={(event) => {
        event.preventDefault();
        withAddress(add);
      }}
    >
      <label>
        {words.instructionAt}{' '}
        <input
          value={text}
          maxLength={10}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={wrong}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit">{words.breakThere}</button>
      <button type="button" onClick={() => withAddress(runTo)}>
        {words.runToIt}
      </button>
      {wrong && (
        <p class="bad" role="alert">
          {words.noInstructionAddress(text)}
        </p>
      )}
    </form>
  );
}
