/** Time's controls: migrate, play, pause, step, scrub, stop, speed, reset. */
import { SPEEDS } from '../store/speed.ts';
import { STOP_CONDITIONS, type StopCondition } from '../trace/notable.ts';
import { Icon, type IconName } from './kit/icon.tsx';
import { Scrubber } from './scrubber.tsx';
import { clock } from './strings/format.ts';
import * as words from './strings/time.ts';
import { useApp, usePicture, useStore } from './use-store.ts';

export function Transport() {
  const { player } = useApp();
  const phase = useStore((state) => state.phase);
  const playing = useStore((state) => state.playing);
  const over = phase === 'done' || phase === 'broken';
  const fresh = phase === 'ready' || phase === 'opening';
  const still = useStore(() => player.standsStill);
  const opensPaused = useStore((state) => state.scenario.vm.paused);
  const begin = still ? words.startVm : words.migrate;
  const again = opensPaused ? words.beginAgain : words.runAgain;
  const main = playing ? words.pause : fresh ? begin : over ? again : words.play;
  const press = () => (over ? void player.runAgain() : player.toggle());
  return (
    <section class="transport-place" id="playback" aria-label={words.playback}>
      <div class="transport">
        <Tool name={words.reset} icon="reset" keys="Alt+R" rare press={() => void player.reset()} />
        <Tool
          name={words.previousRound}
          icon="round-back"
          keys="Shift+ArrowLeft"
          rare
          press={() => player.stepBack('round')}
        />
        <Tool
          name={words.previousEvent}
          icon="back"
          keys="ArrowLeft"
          press={() => player.stepBack('event')}
        />
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
        <Tool
          name={words.nextEvent}
          icon="step"
          keys="ArrowRight"
          off={over}
          press={() => player.step('event')}
        />
        <Tool
          name={words.nextRound}
          icon="round"
          keys="Shift+ArrowRight"
          rare
          off={over}
          press={() => player.step('round')}
        />
        <Scrubber />
        <Clock />
        <StopControl />
        <SpeedControl />
      </div>
    </section>
  );
}

function Tool({
  name,
  icon,
  keys,
  off = false,
  rare = false,
  press,
}: {
  readonly name: string;
  readonly icon: IconName;
  readonly keys: string;
  readonly off?: boolean;
  /** On a narrow page it comes after the slider. */
  readonly rare?: boolean;
  press(): void;
}) {
  return (
    <button
      type="button"
      class={rare ? 'tool rare' : 'tool'}
      title={name}
      aria-keyshortcuts={keys}
      aria-disabled={off}
      onClick={press}
    >
      <Icon name={icon} />
      <span class="sr">{name}</span>
    </button>
  );
}

/** While playing, time stops by itself at one of these. */
function StopControl() {
  const { store } = useApp();
  const stopAt = useStore((state) => state.stopAt);
  return (
    <div class="stop-at">
      <label for="stop-at">{words.stop}</label>
      <select
        id="stop-at"
        value={stopAt}
        onChange={(event) =>
          store.setState({ stopAt: event.currentTarget.value as StopCondition | 'never' })
        }
      >
        <option value="never">{words.atTheEnd}</option>
        {STOP_CONDITIONS.map((condition) => (
          <option key={condition} value={condition}>
            {words.stopConditions[condition]}
          </option>
        ))}
      </select>
    </div>
  );
}

function Clock() {
  const { now } = usePicture();
  return (
    <p class="clock">
      <span class="sr">{words.virtualTime}</span> <output>{clock(now)}</output>
    </p>
  );
}

function SpeedControl() {
  const { player } = useApp();
  const speed = useStore((state) => state.speed);
  const { label, spoken } = SPEEDS[speed];
  return (
    <div class="speed">
      <label for="speed">{words.speed}</label>
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
