/** Names and sentences of a comparison's lanes. */
import type { Lane } from '../../store/compare.ts';
import { type LaneFigures, laneFigures } from '../../store/compare-figures.ts';
import type { SettingName, Settings } from '../../store/settings.ts';
import { count, plain, plural, rate, time } from './format.ts';
import { algorithmName, vmmName } from './sentences.ts';

/** A lane's name: hosts are called A and B already, so lanes have numbers. */
export const laneName = (index: number): string => `lane ${index + 1}`;
export const laneTitle = (index: number): string => `Lane ${index + 1}`;

export const pairOf = ({ hosts }: Lane['scenario']): string =>
  `${vmmName(hosts.source)} → ${vmmName(hosts.destination)}`;

/** Where a lane stands, in a sentence. */
export function laneStatus({ phase, picture, error }: Lane): string {
  if (phase === 'broken') return `Stopped: ${error}. Reset sets this lane up again.`;
  if (phase === 'opening') return 'Being set up.';
  const { status, statusReason, rounds, downtime, pages } = picture;
  if (status === 'completed') return 'The VM has moved.';
  if (status === 'failed' || status === 'cancelled')
    return `The migration ${status === 'failed' ? 'failed' : 'was cancelled'}: ${statusReason}.`;
  if (status === 'postcopy-paused') return 'The link is gone in the middle of the pull.';
  if (status === 'postcopy-active')
    return `Runs on B; ${plural(pages.left, 'page')} still to come.`;
  if (downtime && downtime.to === undefined) return 'The VM is paused.';
  const round = rounds.at(-1);
  if (round) return `Round ${round.round}: ${plural(round.pending, 'page')} to send.`;
  return picture.startedAt === undefined ? 'Ready.' : 'The hosts agree.';
}

const SETTING_WORDS: Readonly<Record<SettingName, (settings: Settings) => string>> = {
  algorithm: ({ algorithm }) => algorithmName(algorithm),
  source: ({ source }) => `from ${vmmName(source)}`,
  destination: ({ destination }) => `to ${vmmName(destination)}`,
  memoryMiB: ({ memoryMiB }) => `${memoryMiB} MiB`,
  workingSetPercent: ({ workingSetPercent }) => `working set ${workingSetPercent} %`,
  writesPerSecond: ({ writesPerSecond }) => `${count(writesPerSecond)} writes/s`,
  bandwidthMbps: ({ bandwidthMbps }) => rate(bandwidthMbps),
  latencyMs: ({ latencyMs }) => `${plain(latencyMs)} ms latency`,
  seed: ({ seed }) => `seed ${seed}`,
};
const SETTING_NAMES: Partial<Record<SettingName, string>> = {
  algorithm: 'the algorithm',
  source: 'the source’s VMM',
  destination: 'the destination’s VMM',
};

/** What is alike in all lanes, and what is not. */
export function sameAndDifferent(
  settings: Settings,
  differing: readonly SettingName[],
): { readonly same: string; readonly different: string } {
  const alike = (Object.keys(SETTING_WORDS) as SettingName[]).filter(
    (name) => !differing.includes(name),
  );
  return {
    same: alike.map((name) => SETTING_WORDS[name](settings)).join(', '),
    different:
      differing.length === 0
        ? 'nothing: the lanes must show the same'
        : differing.map((name) => SETTING_NAMES[name] ?? name).join(', '),
  };
}

/** One lane's end, as it is said aloud. */
export function spokenEnd(index: number, lane: Lane): string {
  const { totalNs, downtimeNs }: LaneFigures = laneFigures(lane);
  if (lane.phase === 'broken' || lane.picture.status !== 'completed')
    return `${laneTitle(index)}: ${laneStatus(lane)}`;
  return `${laneTitle(index)}, ${algorithmName(lane.scenario.algorithm)}, has ended: total time ${time(totalNs ?? 0)}, VM downtime ${time(downtimeNs ?? 0)}.`;
}
