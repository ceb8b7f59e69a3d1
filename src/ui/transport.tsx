/** Time's controls: migrate, play, pause, step, next round, speed, reset. */
import { SPEEDS } from '../store/speed.ts';
import { clock } from './format.ts';
import { Icon } from './kit/icon.tsx';
import { useApp, usePicture, useStore } from './use-store.ts';

export function Transport() {
  const { player } = useApp();
  const phase = useStore((state) => state.phase);
  const playing = useStore((state) => state.playing);
  const over = phase === 'done' || phase === 'broken';
  const fresh = phase === 'ready' || phase === 'opening';
  const main = playing ? 'Pause' : fresh ? 'Migrate' : over ? 'Run again' : 'Play';
  const press = () => (over ? void player.runAgain() : player.toggle());
  return (
    <section class="transport" id="playback" aria-label="Playback">
      <button
        type="button"
        class="tool"
        aria-keyshortcuts="Alt+R Home"
        onClick={() => void player.reset()}
      >
        <Icon name="reset" />
        <span>Reset</span>
      </button>
      <button
        type="button"
        class="tool"
        aria-keyshortcuts="ArrowRight"
        aria-disabled={over}
        onClick={() => player.step('event')}
      >
        <Icon name="step" />
        <span>Next event</span>
      </button>
      <button
        type="button"
        class="main"
        id="main-button"
        aria-keyshortcuts="Space Alt+K"
        onClick={press}
      >
        <Icon name={playing ? 'pause' : over ? 'reset' : 'play'} />
        <span>{main}</span>
      </button>
      <button
        type="button"
        class="tool"
        aria-keyshortcuts="Shift+ArrowRight"
        aria-disabled={over}
        onClick={() => player.step('round')}
      >
        <Icon name="round" />
        <span>Next round</span>
      </button>
      <Clock />
      <SpeedControl />
    </section>
  );
}

function Clock() {
  const { now } = usePicture();
  return (
    <p class="clock">
      <span class="sr">Virtual time</span> <output>{clock(now)}</output>
    </p>
  );
}

function SpeedControl() {
  const { player } = useApp();
  const speed = useStore((state) => state.speed);
  const { label, spoken } = SPEEDS[speed];
  return (
    <div class="speed">
      <label for="speed">Speed</label>
      <input
        id="speed"
        type="range"
        min={0}
        max={SPEEDS.length - 1}
        step={1}
        value={speed}
        aria-valuetext={spoken}
        aria-keyshortcuts="+ -"
        onInput={(event) => player.setSpeed(Number(event.currentTarget.value))}
      />
      <output for="speed">{label}</output>
    </div>
  );
}
