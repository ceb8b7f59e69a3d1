/** The bridge from the store to the view layer. */
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { exists } from '../base/assert.ts';
import type { AppState, AppStore } from '../store/app-state.ts';
import type { Player } from '../store/player.ts';
import type { Picture } from '../trace/picture.ts';

export interface App {
  readonly store: AppStore;
  readonly player: Player;
}
export const AppContext = createContext<App | undefined>(undefined);
export const useApp = (): App => exists(useContext(AppContext), 'the app around this view');

/** A value read from the store; the view is drawn again when it changes. */
export function useStore<T>(select: (state: AppState) => T): T {
  const { store } = useApp();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const value = select(store.getState());
  const seen = useRef({ select, value });
  seen.current = { select, value };
  useLayoutEffect(() => {
    const check = () =>
      !Object.is(seen.current.select(store.getState()), seen.current.value) && redraw(0);
    check();
    return store.subscribe(check);
  }, [store]);
  return value;
}

/** The picture, looked at again ten times a second while it moves. */
export function usePicture(): Picture {
  useStore((state) => state.revision);
  return useApp().player.picture;
}
