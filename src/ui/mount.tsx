/** Puts the page into its place, around a way to get a lab session. */
import { render } from 'preact';
import { exists } from '../base/assert.ts';
import { DEFAULT_PRESET, findPreset } from '../lab/presets.ts';
import type { LabSession } from '../lab/session.ts';
import { createAppStore } from '../store/app-state.ts';
import { Player } from '../store/player.ts';
import { App } from './app.tsx';
import { keepFocus } from './kit/keep-focus.ts';
import './styles/base.css';
import './styles/layout.css';
import './styles/stage.css';
import './styles/rounds.css';
import './styles/time.css';
import './styles/controls.css';

/** Between two looks at whether the hosts are still there. */
const PULSE_MS = 250;

export function mount(place: HTMLElement, connect: () => Promise<LabSession>): void {
  const { scenario } = exists(findPreset(DEFAULT_PRESET), 'the opening scenario');
  const store = createAppStore(DEFAULT_PRESET, scenario);
  const player = new Player(store, {
    connect,
    now: () => performance.now(),
    onRepaint: (tick) => requestAnimationFrame(tick),
  });
  setInterval(() => player.checkPulse(), PULSE_MS);
  keepFocus(place);
  render(<App store={store} player={player} />, place);
}
