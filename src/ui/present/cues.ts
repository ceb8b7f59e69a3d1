/** When the stops of a lecture come. */
import type { History } from '../../store/history.ts';
import type { Cue } from '../strings/cues.ts';

/** Just after each cue's moment, as far as the run is known; in the order of time. */
export function cueMoments(
  cues: readonly Cue[],
  history: Pick<History, 'next' | 'start'>,
): number[] {
  const moments: number[] = [];
  let after: number = history.start;
  for (const { stop } of cues) {
    const at = history.next(stop, after);
    if (at === undefined) break;
    moments.push(at);
    after = at;
  }
  return moments;
}

/** How many cues were reached. */
export const cuesReached = (moments: readonly number[], now: number): number =>
  moments.filter((at) => at <= now).length;
