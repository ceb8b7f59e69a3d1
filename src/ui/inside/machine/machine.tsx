/** Processor and memory of the VM at the moment shown, on either host. */

import { useEffect, useState } from 'preact/hooks';
import { HOST_B } from '../../../trace/event.ts';
import { hostOf } from '../../../trace/whereabouts.ts';
import { Choice } from '../../kit/choice.tsx';
import * as words from '../../strings/machine.ts';
import { useApp, usePicture, useStore } from '../../use-store.ts';
import { Breakpoints } from './breakpoints.tsx';
import { Code } from './code.tsx';
import { type Look, lookAt } from './look.ts';
import { Registers } from './registers.tsx';
import { Stack } from './stack.tsx';
import { Walk } from './walk.tsx';

const HOSTS = [
  { value: 'a', label: words.onHostA },
  { value: 'b', label: words.onHostB },
] as const;

export function Machine() {
  const { player } = useApp();
  const { verdict } = usePicture();
  const [chosen, setChosen] = useState<'a' | 'b'>();
  const [address, setAddress] = useState<number>();
  const host = chosen ?? (hostOf(verdict.whereabouts) === HOST_B ? 'b' : 'a');
  const { look, state } = useLook(host === 'a' ? 0 : 1, address);
  return (
    <div class="machine">
      <div class="machine-bar">
        <Choice
          label={words.host}
          options={HOSTS}
          value={host}
          onValue={(value) => setChosen(value)}
        />
        <StepButton />
        <State state={state} onPause={() => player.pause()} />
      </div>
      {look && (
        <div class="machine-parts">
          <Registers look={look} />
          <div class="machine-column">
            <Code look={look} />
            <Breakpoints />
            <Stack look={look} />
          </div>
          <Walk look={look} onAddress={setAddress} />
        </div>
      )}
    </div>
  );
}

type LookState = 'moving' | 'asking' | 'known' | 'absent' | 'broken';

/** Asked anew whenever time stands at another moment. */
function useLook(
  party: 0 | 1,
  address: number | undefined,
): { readonly look: Look | undefined; readonly state: LookState } {
  const { player } = useApp();
  const picture = usePicture();
  const playing = useStore((state) => state.playing);
  const broken = useStore((state) => state.phase === 'broken' || state.phase === 'opening');
  const [found, setFound] = useState<{ readonly key: string; readonly look: Look | undefined }>();
  const { now } = picture;
  const key = `${party}/${address ?? ''}/${now}`;
  useEffect(() => {
    if (playing || broken) return;
    let over = false;
    void lookAt(player, party, address).then((look) => {
      if (!over) setFound({ key, look });
    });
    return () => {
      over = true;
    };
  }, [player, picture, party, address, key, playing, broken]);
  const look = found?.look?.party === party ? found.look : undefined;
  if (broken) return { look: undefined, state: 'broken' };
  if (playing) return { look, state: 'moving' };
  if (found?.key !== key) return { look, state: 'asking' };
  return { look, state: look ? 'known' : 'absent' };
}

function State({ state, onPause }: { readonly state: LookState; onPause(): void }) {
  switch (state) {
    case 'moving':
      return (
        <p class="aside">
          {words.timePasses}{' '}
          <button type="button" onClick={onPause}>
            {words.pause}
          </button>
        </p>
      );
    case 'absent':
      return <p class="aside">{words.noVmOnHost}</p>;
    case 'broken':
      return <p class="aside">{words.hostsNotAsked}</p>;
    default:
      return null;
  }
}

/** Exactly one, however long it waits for a page, an interrupt or its turn. */
function StepButton() {
  const { player } = useApp();
  return (
    <button type="button" onClick={() => player.lookFor({ kind: 'instruction' })}>
      {words.oneInstructionOn}
    </button>
  );
}
