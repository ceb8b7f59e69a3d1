/** The run that was going on when the page was left. */
import { findPreset } from '../../lab/presets.ts';
import { clock } from '../strings/format.ts';
import { useApp, useStore } from '../use-store.ts';
import { continueKept, forgetKept } from './autosave.ts';

export function Offer() {
  const app = useApp();
  const kept = useStore((state) => state.kept);
  if (kept === undefined) return null;
  const title = findPreset(kept.preset)?.title ?? 'a scenario of your own';
  const at = kept.moment === 'end' ? 'its end' : clock(kept.moment);
  return (
    <div class="notice-part kept-run">
      <p class="notice-text">
        Your last run ({title}, at {at}) is kept on this device.
      </p>
      <button type="button" onClick={() => continueKept(app)}>
        Continue
      </button>
      <button type="button" onClick={() => forgetKept(app)}>
        Forget it
      </button>
    </div>
  );
}
