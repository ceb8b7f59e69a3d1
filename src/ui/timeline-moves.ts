/** The axis of the run that is open, and moving along it by the moment shown. */
import { type Axis, axisFor } from './timeline.ts';
import { inSight, isInSight, shareAt, zoomedOn } from './timeline-view.ts';
import type { App } from './use-store.ts';

/** A first guess of what the pages take to send, and a little more. */
const GUESS = 1.3;

export function runAxis({ player, store }: App, left: number, right: number): Axis {
  const { picture } = player;
  const { phase, previous, scenario } = store.getState();
  const { network, vm, migration } = scenario;
  const onePass = ((vm.memoryMiB * 1024 * 1024 * 8) / (network.bandwidthMbps * 1e6)) * 1e9;
  return axisFor({
    picture,
    plannedStart: (migration.startMs ?? picture.now / 1e6) * 1e6,
    guessNs: onePass * GUESS,
    previous,
    over: phase === 'done',
    left,
    right,
  });
}

/** Of the whole axis. */
export function shareNow(app: App): number {
  const { player, store } = app;
  const { timeline } = store.getState();
  return shareAt(runAxis(app, 0, 1), timeline, player.history.of('turn'), player.picture.now);
}

/** Closer (below 1) or farther, around the moment shown. */
export function zoomByMoment(app: App, factor: number): void {
  const share = shareNow(app);
  app.store.setState(({ timeline }) => ({ timeline: zoomedOn(timeline, factor, share) }));
}

/** A moment that leaves the sight by a step, or as time passes, takes it along. */
export function follow({ store }: App, before: number, now: number): void {
  const { timeline } = store.getState();
  if (isInSight(timeline, before) && !isInSight(timeline, now))
    store.setState({ timeline: inSight(timeline, now) });
}
