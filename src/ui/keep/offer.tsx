/** The run that was going on when the page was left. */

import { findPreset } from '../../lab/presets.ts';
import { clock } from '../strings/format.ts';
import * as words from '../strings/keep.ts';
import { useApp, useStore } from '../use-store.ts';
import { continueKept, forgetKept } from './autosave.ts';

export function Offer() {
  const app = useApp();
  const kept = useStore((state) => state.kept);
  if (kept === undefined) return null;
  const title = findPreset(kept.preset)?.title ?? words.ownScenario;
  const at = kept.moment === 'end' ? words.itsEnd : clock(kept.moment);
  return (
    <div class="notice-part kept-run">
      <p class="notice-text">{words.lastRun(title, at)}</p>
      <button type="button" onClick={() => continueKept(app)}>
        {words.goOn}
      </button>
      <button type="button" onClick={() => forgetKept(app)}>
        {words.forget}
      </button>
    </div>
  );
}
