/** What the lanes of a comparison can differ in, and how many there are. */
import { ALGORITHM_IDS } from '../migration/algorithms/ids.ts';
import type { Settings } from './settings.ts';

export type LaneChoice = Pick<Settings, 'algorithm' | 'source' | 'destination'>;

export const LANES_MIN = 2;
export const LANES_MAX = 4;

/** As a link says it: `pull:xen:kvm`. */
export const laneText = ({ algorithm, source, destination }: LaneChoice): string =>
  `${algorithm}:${source}:${destination}`;

const isVmm = (text: string | undefined): text is LaneChoice['source'] =>
  text === 'xen' || text === 'kvm';

/** Undefined when it names what there is not. */
export function laneFrom(text: string): LaneChoice | undefined {
  const [name, source, destination, ...more] = text.split(':');
  const algorithm = ALGORITHM_IDS.find((id) => id === name);
  if (!algorithm || !isVmm(source) || !isVmm(destination) || more.length > 0) return undefined;
  return { algorithm, source, destination };
}
