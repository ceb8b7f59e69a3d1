/** Which controls a link has hidden or locked. */
import type { ControlName, SettingControl } from '../store/shared-view.ts';
import { useStore } from './use-store.ts';

/** Asked by name, so that one reading serves a whole panel. */
export function useShown(): (name: ControlName) => boolean {
  const hidden = useStore((state) => state.hidden);
  return (name) => !hidden.includes(name);
}

export function useLocked(): (name: SettingControl) => boolean {
  const locked = useStore((state) => state.locked);
  return (name) => locked.includes(name);
}
