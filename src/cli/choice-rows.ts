/** Who chose the algorithm, why, what was expected of each candidate, and whether that held. */
import type { ChoiceReport, PredictedReport } from '../lab/report.ts';
import { ms, table } from './table.ts';

const BY = { user: 'by the user', random: 'at random', qos: 'by its expected cost' } as const;

/** Nothing to say of a choice that the scenario made. */
export function choiceRows({ by, reason, predicted, held, missed }: ChoiceReport): string[][] {
  if (by === 'user') return [];
  const rows = [['chosen', `${BY[by]}: ${reason}`]];
  if (predicted !== null) rows.push(['predicted', inWords(predicted)]);
  if (held !== null) rows.push(['targets', held ? 'held' : `missed: ${missed.join(', ')}`]);
  return rows;
}

/** One row for each candidate. */
export function predictions({ candidates }: ChoiceReport): string {
  if (candidates.length === 0) return '';
  const rows = candidates.map((candidate) => [
    candidate.algorithm,
    ...(candidate.ends
      ? [
          ms(candidate.downtimeMs),
          ms(candidate.totalTimeMs),
          candidate.slowdownPercent.toFixed(2),
          String(candidate.bytes),
        ]
      : ['–', '–', '–', '–']),
    !candidate.ends ? 'goes on without end' : candidate.keepsTargets ? 'kept' : 'missed',
  ]);
  const head = ['candidate', 'downtime ms', 'total ms', 'slowdown %', 'bytes', 'targets'];
  return `\n${table([head, ...rows])}`;
}

const inWords = ({ downtimeMs, totalTimeMs, slowdownPercent, bytes }: PredictedReport): string =>
  `downtime ${ms(downtimeMs)} ms, total time ${ms(totalTimeMs)} ms, slowdown ${slowdownPercent.toFixed(2)} %, ${bytes} bytes`;
