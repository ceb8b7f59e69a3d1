/** What can be done to the run by hand: each press is an input at the moment shown, and travels in the link. */

import { type RunAction, runActions } from '../../store/run-actions.ts';
import * as words from '../strings/act.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';
import './act.css';

export function Act() {
  const picture = usePicture();
  const phase = useStore((state) => state.phase);
  const inputs = useStore((state) => state.inputs);
  return (
    <div class="act">
      <p class="aside">{words.whatItDoes}</p>
      <ul>
        {runActions(picture, phase).map((action) => (
          <Row key={action.name} action={action} />
        ))}
      </ul>
      <p class="aside">
        {inputs.length === 0 ? words.nothingDone : words.doneSoFar(inputs.length)}
      </p>
    </div>
  );
}

/** It stays reachable when it makes no sense, and says why. */
function Row({ action }: { readonly action: RunAction }) {
  const { player } = useApp();
  const { name, label, effect, input, refusal } = action;
  const off = refusal !== undefined;
  return (
    <li>
      <button
        type="button"
        aria-disabled={off}
        aria-describedby={`act-${name}`}
        onClick={() => !off && player.input(input)}
      >
        {label}
      </button>
      <p id={`act-${name}`} class="aside">
        {refusal ?? effect}
      </p>
    </li>
  );
}
