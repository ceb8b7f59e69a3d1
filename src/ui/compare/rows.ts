/** The rows of the difference table: what each figure covers is said beside it. */

import type { LaneFigures } from '../../store/compare-figures.ts';
import * as words from '../strings/compare.ts';
import { bytes, count, time } from '../strings/format.ts';

export interface Row {
  readonly figure: keyof LaneFigures;
  readonly name: string;
  /** From where to where it is measured. */
  readonly scope: string;
  readonly shown: (value: number) => string;
  /** The least value is worth marking. */
  readonly lessIsBetter: boolean;
  /** What stands where there is none. */
  readonly none: string;
}

const row = (
  figure: Row['figure'],
  name: string,
  scope: string,
  shown: Row['shown'],
  none = '–',
  lessIsBetter = true,
): Row => ({ figure, name, scope, shown, none, lessIsBetter });

export const ROWS: readonly Row[] = [
  row('totalNs', words.totalTime, words.totalTimeScope, time),
  row('downtimeNs', words.vmDowntime, words.vmDowntimeScope, time),
  row('outageNs', words.clientOutage, words.clientOutageScope, time, words.none),
  row('rounds', words.rounds, words.roundsScope, count, '–', false),
  row('pagesSent', words.pagesSent, words.pagesSentScope, count),
  row('pagesResent', words.pagesResent, words.pagesResentScope, count),
  row('faults', words.pagesWaitedFor, words.pagesWaitedForScope, count),
  row('bytesSent', words.bytesSent, words.bytesSentScope, bytes),
  row('translationBytes', words.translatedState, words.translatedStateScope, bytes, words.none),
  row('translationNs', words.translationTime, words.translationTimeScope, time, words.none),
  row(
    'slowdownPercent',
    words.guestSlowed,
    words.guestSlowedScope,
    (value) => `${value.toFixed(1)} %`,
  ),
];
