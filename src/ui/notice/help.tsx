/** The help line: why, what to do, and the buttons that do it. */
import type { LabInput } from '../../lab/scenario.ts';
import { fasterMbps, helpFor, type Remedy } from '../strings/trouble.ts';
import { type App, useApp, usePicture } from '../use-store.ts';
import type { TroubleKind } from './trouble-kind.ts';

export function Help({ kind }: { readonly kind: TroubleKind }) {
  const app = useApp();
  const picture = usePicture();
  const help = helpFor(kind, picture, app.store.getState(), app.player.history.events);
  return (
    <>
      <p class="notice-text">{help.text}</p>
      {help.remedies.map(({ remedy, label }) => (
        <button key={remedy} type="button" onClick={() => apply(app, remedy)}>
          {label}
        </button>
      ))}
    </>
  );
}

const INPUTS: Readonly<Partial<Record<Remedy, LabInput>>> = {
  accept: { kind: 'switch-over' },
  mend: { kind: 'link', up: true },
  recover: { kind: 'recover' },
  'give-up': { kind: 'give-up' },
  'owner-source': { kind: 'resolve', owner: 'source' },
  'owner-destination': { kind: 'resolve', owner: 'destination' },
};

/** Each halves, or doubles, what stands in the way; the change is an input of the run like any other. */
function apply({ player, store }: App, remedy: Remedy): void {
  const { draft, scenario } = store.getState();
  const input = INPUTS[remedy];
  if (input) player.input(input);
  else if (remedy === 'smaller-set')
    player.change({ workingSetPercent: Math.max(1, Math.floor(draft.workingSetPercent / 2)) });
  else if (remedy === 'more-bandwidth') {
    const now = player.picture.link?.bitsPerSecond ?? scenario.network.bandwidthMbps * 1e6;
    player.input({ kind: 'link', bandwidthMbps: Math.min(100_000, (2 * now) / 1e6) });
  } else if (remedy === 'faster-run')
    void player.runAgain({ bandwidthMbps: fasterMbps(store.getState()) });
  else void player.reset();
}
