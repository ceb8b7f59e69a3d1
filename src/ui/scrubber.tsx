/** The whole of what is known of the run as one slider: drag, click and keys show any moment of it. */
import * as words from './strings/time.ts';
import { useApp, usePicture, useStore } from './use-store.ts';

/** The slider counts microseconds: finer than any step of a finger, and whole. */
const TICK_NS = 1000;
const ticks = (ns: number): number => Math.ceil(ns / TICK_NS);
/** PageUp and PageDown go this share of the run. */
const LEAP = 0.1;

export function Scrubber() {
  const { player } = useApp();
  const { now } = usePicture();
  const phase = useStore((state) => state.phase);
  const { start, frontier } = player.history;
  const begun = phase === 'moving' || phase === 'done' || (phase === 'ready' && frontier > start);
  const leap = (frontier - start) * LEAP;
  const moves: Readonly<Record<string, (shift: boolean) => void>> = {
    ArrowLeft: (shift) => player.stepBack(shift ? 'round' : 'event'),
    ArrowDown: (shift) => player.stepBack(shift ? 'round' : 'event'),
    ArrowRight: (shift) => player.step(shift ? 'round' : 'event'),
    ArrowUp: (shift) => player.step(shift ? 'round' : 'event'),
    PageDown: () => player.seek(now - leap),
    PageUp: () => player.seek(now + leap),
    Home: () => player.toStart(),
    End: () => player.seek(frontier),
  };
  return (
    <div class="scrubber">
      <label for="scrubber" class="sr">
        {words.momentShown}
      </label>
      <input
        id="scrubber"
        type="range"
        min={ticks(start)}
        max={Math.max(ticks(frontier), ticks(start) + 1)}
        step={1}
        value={ticks(now)}
        aria-disabled={!begun}
        aria-valuetext={spoken(now, frontier)}
        aria-keyshortcuts="ArrowLeft ArrowRight Home End"
        onKeyDown={(event) => {
          const move = moves[event.key];
          if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          move(event.shiftKey);
        }}
        onInput={(event) => player.seek(Number(event.currentTarget.value) * TICK_NS)}
      />
    </div>
  );
}

const spoken = (now: number, frontier: number): string =>
  now < frontier ? words.inThePast(now, frontier) : words.newestMoment(now);
