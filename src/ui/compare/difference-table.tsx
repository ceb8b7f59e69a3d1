/** All figures of all lanes, each beside its difference from the first lane. */

import type { MigrationReport } from '../../lab/report.ts';
import type { Lane } from '../../store/compare.ts';
import { difference, type LaneFigures, laneFigures, leastOf } from '../../store/compare-figures.ts';
import * as words from '../strings/compare.ts';
import { laneName, laneTitle, pairOf } from '../strings/lanes.ts';
import { algorithmName } from '../strings/sentences.ts';
import { LaneMark } from './lane-card.tsx';
import { ROWS, type Row } from './rows.ts';

export function DifferenceTable({ lanes }: { readonly lanes: readonly Lane[] }) {
  const figures = lanes.map(laneFigures);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keys
    <section class="differences" tabIndex={0} aria-label={words.differencesTable}>
      <table>
        <caption>{words.differences}</caption>
        <thead>
          <tr>
            <th scope="col">{words.figure}</th>
            {lanes.map(({ scenario }, index) => (
              <th key={laneTitle(index)} scope="col">
                <LaneMark index={index} /> {laneTitle(index)}
                <span class="lane-what">
                  {algorithmName(scenario.algorithm)}, {pairOf(scenario)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => (
            <FigureRow key={row.figure} row={row} figures={figures} />
          ))}
          <Verified lanes={lanes} />
        </tbody>
      </table>
    </section>
  );
}

function FigureRow({
  row,
  figures,
}: {
  readonly row: Row;
  readonly figures: readonly LaneFigures[];
}) {
  const values = figures.map((lane) => lane[row.figure]);
  const least = row.lessIsBetter ? leastOf(values) : undefined;
  return (
    <tr>
      <th scope="row">
        {row.name} <span class="scope">{row.scope}</span>
      </th>
      {values.map((value, index) => (
        <td key={laneTitle(index)}>
          <b>{value === undefined ? row.none : row.shown(value)}</b>
          {least === index && (
            <span class="least">
              <span aria-hidden="true"> ▾</span>
              <span class="sr"> {words.theLeast}</span>
            </span>
          )}
          {index > 0 && <span class="delta">{difference(values[0], value, laneName(0))}</span>}
        </td>
      ))}
    </tr>
  );
}

/** Equal or not, and the run's fingerprint: the same lane gives the same anywhere. */
function Verified({ lanes }: { readonly lanes: readonly Lane[] }) {
  return (
    <>
      <tr>
        <th scope="row">
          {words.verified} <span class="scope">{words.verifiedScope}</span>
        </th>
        {lanes.map(({ report }, index) => (
          <td key={laneTitle(index)}>{verdict(report?.verification)}</td>
        ))}
      </tr>
      <tr>
        <th scope="row">
          {words.fingerprint} <span class="scope">{words.fingerprintScope}</span>
        </th>
        {lanes.map(({ report }, index) => (
          <td key={laneTitle(index)} class="fingerprint">
            {report?.traceHash.slice(0, 16) ?? '–'}
          </td>
        ))}
      </tr>
    </>
  );
}

function verdict(found: MigrationReport['verification'] | undefined): string {
  if (!found || found.pagesCompared === 0) return '–';
  return found.memoryEqual && found.cpuEqual && found.devicesEqual ? words.equal : words.notEqual;
}
