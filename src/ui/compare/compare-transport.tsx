/** One transport for all lanes: they stand at the same virtual moment, always. */

import type { Comparison } from '../../store/compare.ts';
import { SPEEDS } from '../../store/speed.ts';
import { Icon } from '../kit/icon.tsx';
import * as words from '../strings/compare.ts';
import { clock } from '../strings/format.ts';

export function CompareTransport({ comparison }: { readonly comparison: Comparison }) {
  const { playing, over, ready, begun } = comparison;
  const main = playing ? words.pause : over ? words.again : begun ? words.play : words.migrateAll;
  const press = () => {
    if (over) void comparison.reset();
    else comparison.toggle();
  };
  return (
    <section class="transport" id="playback" aria-label={words.playback}>
      <button type="button" aria-keyshortcuts="Alt+R Home" onClick={() => void comparison.reset()}>
        <Icon name="reset" />
        <span>{words.reset}</span>
      </button>
      <button
        type="button"
        aria-keyshortcuts="ArrowRight"
        aria-disabled={over || !ready}
        onClick={() => comparison.step()}
      >
        <Icon name="step" />
        <span>{words.nextTenMs}</span>
      </button>
      <button
        type="button"
        class="main"
        id="main-button"
        aria-keyshortcuts="Space Alt+K"
        aria-disabled={!ready}
        onClick={press}
      >
        <Icon name={playing ? 'pause' : over ? 'reset' : 'play'} />
        <span>{main}</span>
      </button>
      <button
        type="button"
        aria-keyshortcuts="End"
        aria-disabled={over || !ready}
        onClick={() => comparison.finish()}
      >
        <Icon name="round" />
        <span>{words.toTheEnd}</span>
      </button>
      <p class="clock">
        <span class="sr">{words.virtualTime}</span> <output>{clock(comparison.now)}</output>
      </p>
      <Speed comparison={comparison} />
    </section>
  );
}

function Speed({ comparison }: { readonly comparison: Comparison }) {
  const { label, spoken } = SPEEDS[comparison.speed] ?? SPEEDS[0];
  return (
    <div class="speed">
      <label for="speed">{words.speed}</label>
      <input
        id="speed"
        type="range"
        min={0}
        max={SPEEDS.length - 1}
        step={1}
        value={comparison.speed}
        aria-valuetext={spoken}
        aria-keyshortcuts="+ -"
        onInput={(event) => comparison.setSpeed(Number(event.currentTarget.value))}
      />
      <output for="speed">{label}</output>
    </div>
  );
}
