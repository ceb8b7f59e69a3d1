/** How fast virtual time passes while playing: logarithmic, and far below real time. */
import type { Scenario } from '../lab/scenario.ts';
import * as words from './strings.ts';

export interface Speed {
  readonly label: string;
  /** The same in words, for those who hear it. */
  readonly spoken: string;
  /** Virtual seconds for each second of watching; undefined: as fast as the machine can. */
  readonly factor: number | undefined;
  /** Nothing is drawn until time stops. */
  readonly blind?: boolean;
}

const slowed = (by: number): Speed => ({
  label: `1/${by}`,
  spoken: words.timesSlower(by),
  factor: 1 / by,
});

export const SPEEDS: readonly Speed[] = [
  ...[1000, 500, 200, 100, 50, 20, 10, 5, 2].map(slowed),
  { label: '1×', spoken: words.realTime, factor: 1 },
  { label: words.max, spoken: words.asFastAsPossible, factor: undefined },
  {
    label: words.unseen,
    spoken: words.nothingDrawn,
    factor: undefined,
    blind: true,
  },
];

/** A first watching should take about this long. */
const WATCHED_SECONDS = 14;

/** The speed at which a scenario's migration is comfortable to watch, from how long its pages take to send. */
export function openingSpeed(scenario: Scenario): number {
  const { vm, network, algorithm } = scenario;
  const onePass = (vm.memoryMiB * 1024 * 1024 * 8) / (network.bandwidthMbps * 1e6);
  const rounds = algorithm === 'pre-copy' ? 1.8 : 1.1;
  const wanted = (onePass * rounds + 0.2) / WATCHED_SECONDS;
  const index = SPEEDS.findLastIndex(({ factor }) => factor !== undefined && factor <= wanted);
  return Math.max(0, index);
}
