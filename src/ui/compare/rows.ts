/** The rows of the difference table: what each figure covers is said beside it. */
import type { LaneFigures } from '../../store/compare-figures.ts';
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
  row('totalNs', 'Total time', 'from the request to the end', time),
  row('downtimeNs', 'VM downtime', 'last instruction at A to first at B', time),
  row('outageNs', 'Client outage', 'longest wait for an answer beyond the usual', time, 'none'),
  row('rounds', 'Rounds', 'passes over memory, the last included', count, '–', false),
  row('pagesSent', 'Pages sent', 'every copy, zero pages included', count),
  row('pagesResent', 'Pages sent again', 'copies beyond each page’s first', count),
  row('faults', 'Pages waited for', 'touched at B before they arrived', count),
  row('bytesSent', 'Bytes sent', 'all messages from A to B', bytes),
  row(
    'translationBytes',
    'Translated state',
    'CPU and devices as the common format',
    bytes,
    'none',
  ),
  row('translationNs', 'Translation time', 'of CPU and devices, at both hosts', time, 'none'),
  row(
    'slowdownPercent',
    'Guest slowed',
    'share of the migration’s time lost, downtime left out',
    (value) => `${value.toFixed(1)} %`,
  ),
];
