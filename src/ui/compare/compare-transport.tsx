/** One transport for all lanes: they stand at the same virtual moment, always. */
import type { Comparison } from '../../store/compare.ts';
import { SPEEDS } from '../../store/speed.ts';
import { Icon } from '../kit/icon.tsx';
import { clock } from '../strings/format.ts';

export function CompareTransport({ comparison }: { readonly comparison: Comparison }) {
  const { playing, over, ready, begun } = comparison;
  const main = playing ? 'Pause' : over ? 'Again' : begun ? 'Play' : 'Migrate all';
  const press = () => {
    if (over) void comparison.reset();
    else comparison.toggle();
  };
  return (
    <section class="transport" id="playback" aria-label="Playback of all lanes">
      <button
        type="button"
        class="tool"
        aria-keyshortcuts="Alt+R Home"
        onClick={() => void comparison.reset()}
      >
        <Icon name="reset" />
        <span>Reset</span>
      </button>
      <button
        type="button"
        class="tool"
        aria-keyshortcuts="ArrowRight"
        aria-disabled={over || !ready}
        onClick={() => comparison.step()}
      >
        <Icon name="step" />
        <span>Next 10 ms</span>
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
        class="tool"
        aria-keyshortcuts="End"
        aria-disabled={over || !ready}
        onClick={() => comparison.finish()}
      >
        <Icon name="round" />
        <span>To the end</span>
      </button>
      <p class="clock">
        <span class="sr">Virtual time of all lanes</span> <output>{clock(comparison.now)}</output>
      </p>
      <Speed comparison={comparison} />
    </section>
  );
}

function Speed({ comparison }: { readonly comparison: Comparison }) {
  const { label, spoken } = SPEEDS[comparison.speed] ?? SPEEDS[0];
  return (
    <div class="speed">
      <label for="speed">Speed</label>
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
