/** Moves between what the page can show: the run with its controls, lessons, a comparison. */
import type { AppState, AppStore } from '../store/app-state.ts';
import type { Player } from '../store/player.ts';
import { encodeView, PLAIN_VIEW } from '../store/shared-view.ts';

export function toggleCompare(store: AppStore, player: Player): void {
  const open = store.getState().view !== 'compare';
  // What nobody sees need not go on.
  if (open) player.pause();
  store.setState({ view: open ? 'compare' : 'run' });
}

/** The run stands meanwhile. */
export function toggleCentres(store: AppStore, player: Player): void {
  const open = store.getState().view !== 'centres';
  if (open) player.pause();
  store.setState({ view: open ? 'centres' : 'run' });
}

/** Time goes on as it went: frames and consoles can be watched. */
export function toggleInside(store: AppStore): void {
  store.setState(({ view }) => ({ view: view === 'inside' ? 'run' : 'inside' }));
}

export function toggleLessons(store: AppStore): void {
  const { side, view } = store.getState();
  const open = side !== 'lessons' || view !== 'run';
  store.setState({ view: 'run', side: open ? 'lessons' : 'controls' });
}

/** Shown to a hall, and back. */
export function togglePresent(store: AppStore): void {
  const present = store.getState().mode !== 'present';
  store.setState({ view: 'run', blank: false, mode: present ? 'present' : 'full' });
}

/** Nobody looks at what nobody sees: time stands meanwhile. */
export function toggleBlank({ store, player }: { store: AppStore; player: Player }): void {
  const blank = !store.getState().blank;
  if (blank) player.pause();
  store.setState({ blank });
}

/** To another scenario; how the page looks, and what of it is hidden or locked, stays. */
export function scenarioLink(name: string, { mode, hidden, locked }: AppState): string {
  const query = new URLSearchParams({ s: name });
  encodeView({ ...PLAIN_VIEW, mode, hidden, locked }, query);
  return `#${query}`;
}
