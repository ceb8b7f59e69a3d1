/** Moves between what the page can show: the run with its controls, lessons, a comparison. */
import type { AppStore } from '../store/app-state.ts';
import type { Player } from '../store/player.ts';

export function toggleCompare(store: AppStore, player: Player): void {
  const open = store.getState().view !== 'compare';
  // What nobody sees need not go on.
  if (open) player.pause();
  store.setState({ view: open ? 'compare' : 'run' });
}

export function toggleLessons(store: AppStore): void {
  const { side, view } = store.getState();
  const open = side !== 'lessons' || view === 'compare';
  store.setState({ view: 'run', side: open ? 'lessons' : 'controls' });
}
