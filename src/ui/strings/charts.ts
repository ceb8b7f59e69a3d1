/** The run’s charts. */
import type { ReasonFigures } from '../../store/chart-figures.ts';
import { bytes, count, plural, time } from './format.ts';

export const asTable = 'As a table';

export const dirtiedTitle = 'Sent in a round, and different pages written meanwhile';
export const noRoundWhileRunning = 'No round has ended while the VM ran.';
export const round = 'Round';
export const pagesSent = 'Pages sent';
export const pagesWritten = 'Different pages written';
export const sent = 'sent';
export const writtenMeanwhile = 'written meanwhile (dirtied)';
export const dirtiedSpoken = (rounds: number, sent: number, round: number, written: number) =>
  `${plural(rounds, 'round')} so far. While ${plural(sent, 'page')} were sent in round ${round}, the guest wrote ${count(written)} different ones.`;

export const leftTitle = 'Pages left after each round';
export const leftTitleWithThreshold = (threshold: number) =>
  `Pages left after each round; threshold ${count(threshold)}`;
export const noRoundEnded = 'No round has ended. A pull has none.';
export const pagesLeft = 'Pages left';
export const vm = 'VM';
export const vmPaused = 'paused';
export const vmRan = 'ran';
export const thresholdIs = (threshold: number) => ` The threshold is ${count(threshold)}.`;
export const leftSpoken = (round: number, pages: number, threshold: string) =>
  `After round ${round}, ${plural(pages, 'page')} left.${threshold}`;

export const reasonsTitle = (sent: number) => `Sent by reason: ${bytes(sent)} in all`;
export const nothingSent = 'Nothing has been sent.';
export const reason = 'Reason';
export const bytesColumn = 'Bytes';
export const share = 'Share';
export const pages = 'Pages';
export const allZeros = 'Of these all zeros';
export const reasonNames: Readonly<Record<ReasonFigures['reason'], string>> = {
  first: 'First copy',
  again: 'Sent again',
  demand: 'Asked for by the guest (fault)',
  push: 'Sent ahead (push)',
  other: 'State and agreement',
};

export const slot = (from: number, to: number) => `${time(from)} to ${time(to)}`;
export const speedTitle = 'Guest’s speed: part of the time in which it runs';
export const notBegun = 'The migration has not begun.';
export const afterStart = 'After the start';
export const runs = 'Runs';
export const speedSpoken = (share: string, slowest: string) =>
  `It ran for ${share} of the time since the migration began; at its slowest ${slowest}.`;
