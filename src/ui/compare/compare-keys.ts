/** The page's keys, turned on the comparison while it is open. */
import { tinykeys } from 'tinykeys';
import type { AppStore } from '../../store/app-state.ts';
import type { Comparison } from '../../store/compare.ts';
import { belongsTo } from '../keys.ts';

export function listenToCompareKeys(
  comparison: Comparison,
  store: AppStore,
  close: () => void,
): () => void {
  const moves: Readonly<Record<string, () => void>> = {
    Space: () => comparison.toggle(),
    'Alt+KeyK': () => comparison.toggle(),
    ArrowRight: () => comparison.step(),
    End: () => comparison.finish(),
    Home: () => void comparison.reset(),
    'Alt+KeyR': () => void comparison.reset(),
    '+': () => comparison.setSpeed(comparison.speed + 1),
    'Shift++': () => comparison.setSpeed(comparison.speed + 1),
    '-': () => comparison.setSpeed(comparison.speed - 1),
    Escape: close,
  };
  const bindings = Object.entries(moves).map(([key, move]) => [
    key,
    (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : undefined;
      const always = key.startsWith('Alt+') || key === 'Escape';
      if (!always && (!store.getState().shortcuts || belongsTo(target, key))) return;
      if (key === 'Escape' && document.querySelector('dialog[open], :popover-open')) return;
      event.preventDefault();
      move();
    },
  ]);
  return tinykeys(window, Object.fromEntries(bindings));
}
