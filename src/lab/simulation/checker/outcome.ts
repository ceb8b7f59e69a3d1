/** How a run ended, told from the trace alone. */
import type { Story } from './story.ts';

export const OUTCOMES = [
  'completed',
  /** Failed or cancelled, and the VM runs on at the source. */
  'kept',
  /** GO left and no answer came: nobody may decide it but a reconnection or a person. */
  'in doubt',
  /** Both halves of the VM wait for the link, or for a person. */
  'pull paused',
  /** A host that had to have the VM is off. */
  'lost',
  /** It has not come to rest: liveness is broken. */
  'stuck',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

const RESTING = ['none', 'completed', 'failed', 'cancelled', 'postcopy-paused'];

export function outcomeOf(story: Story): Outcome {
  const { sender: source, receiver: destination } = story;
  if (destination.alive && !RESTING.includes(story.status[1])) return 'stuck';
  if (!source.alive) return withoutSource(story);
  if (!RESTING.includes(story.status[0])) return 'stuck';
  if (source.runnable) return 'kept';
  if (!destination.alive) return 'lost';
  switch (story.status[0]) {
    case 'completed':
      return destination.runnable ? 'completed' : 'stuck';
    case 'postcopy-paused':
      return 'pull paused';
    case 'failed':
      return story.token === 'source' ? 'stuck' : 'in doubt';
    default:
      return 'stuck';
  }
}

/** The VM lives on only if the destination has all of it. */
function withoutSource(story: Story): Outcome {
  const { alive, runnable } = story.receiver;
  if (!alive) return 'lost';
  if (!runnable) return 'lost';
  return story.missing.size === 0 ? 'completed' : 'lost';
}
