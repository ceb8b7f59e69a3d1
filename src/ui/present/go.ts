/** From cue to cue: time passes at its speed, and a second press goes there at once. */

import { cuesOf } from '../strings/cues.ts';
import type { App } from '../use-store.ts';
import { cueMoments, cuesReached } from './cues.ts';

export function nextCue(app: App): void {
  const { store, player } = app;
  const { playing, preset, stopAt } = store.getState();
  if (playing) {
    player.finish();
    return;
  }
  const cues = cuesOf(preset);
  const moments = cueMoments(cues, player.history);
  const reached = cuesReached(moments, player.picture.now);
  const known = moments[reached];
  if (known !== undefined) {
    player.seek(known);
    return;
  }
  store.setState({ stopAt: cues[reached]?.stop ?? 'never' });
  // Only this once: what time stops at is otherwise the visitor's choice.
  const over = store.subscribe((state, before) => {
    if (state.playing || !before.playing) return;
    over();
    store.setState({ stopAt });
  });
  player.play();
}

export function previousCue({ store, player }: App): void {
  const { preset, playing } = store.getState();
  if (playing) player.pause();
  const moments = cueMoments(cuesOf(preset), player.history);
  const before = moments.filter((at) => at < player.picture.now).at(-1);
  if (before === undefined) player.toStart();
  else player.seek(before);
}
