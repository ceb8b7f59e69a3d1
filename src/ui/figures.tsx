/** The six figures of the run, each beside the previous run's. */
import { figuresOf, type Figures as Values } from '../store/figures.ts';
import * as words from './strings/figures.ts';
import { bytes, count, time } from './strings/format.ts';
import type { TermId } from './strings/glossary.ts';
import { algorithmName } from './strings/sentences.ts';
import { Term } from './term.tsx';
import { usePicture, useStore } from './use-store.ts';

interface Tile {
  readonly name: string;
  readonly term?: TermId;
  readonly value: (figures: Values) => string;
  readonly detail: (figures: Values, pages: number) => string;
}

const span = (ns: number | undefined) => (ns === undefined ? '–' : time(ns));

const TILES: readonly Tile[] = [
  {
    name: words.rounds,
    term: 'round',
    value: ({ rounds }) => count(rounds),
    detail: ({ rounds, lastPending }) =>
      rounds === 0 ? words.notBegun : words.newest(lastPending),
  },
  {
    name: words.pagesLeft,
    value: ({ pagesLeft }) => count(pagesLeft),
    detail: (_, pages) => words.ofPages(pages),
  },
  {
    name: words.sent,
    value: ({ bytesSent }) => bytes(bytesSent),
    detail: ({ pagesSent }, pages) =>
      pages === 0 ? '' : words.timesMemory((pagesSent / pages).toFixed(2)),
  },
  {
    name: words.totalTime,
    term: 'total-time',
    value: ({ totalNs }) => span(totalNs),
    detail: () => words.ofVirtualTime,
  },
  {
    name: words.vmDowntime,
    term: 'downtime',
    value: ({ downtimeNs }) => span(downtimeNs),
    detail: ({ downtimeNs, downtimeRuns, clockLostNs }) => {
      if (downtimeNs === undefined) return words.noneSoFar;
      if (downtimeRuns) return words.vmIsPaused;
      return clockLostNs === undefined ? words.nothingRan : words.clockLost(clockLostNs);
    },
  },
  {
    name: words.clientOutage,
    term: 'outage',
    value: ({ outageNs }) => span(outageNs),
    detail: ({ probesLost, outageRuns }) =>
      outageRuns ? words.waitingForAnswer : words.requestsLost(probesLost),
  },
];

export function Figures() {
  const picture = usePicture();
  const previous = useStore((state) => state.previous);
  const figures = figuresOf(picture);
  return (
    <section class="figures" aria-labelledby="figures-title">
      <h2 id="figures-title" class="sr">
        {words.figures}
      </h2>
      <dl>
        {TILES.map(({ name, term, value, detail }) => (
          <div key={name} class="figure">
            <dt>{term ? <Term id={term}>{name}</Term> : name}</dt>
            <dd>
              <span class="value">{value(figures)}</span>
              {previous ? (
                <span class="before">
                  {words.before} <b>{value(previous.figures)}</b>
                </span>
              ) : (
                <span class="detail">{detail(figures, picture.pages.count)}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {previous && (
        <p class="sr">
          {words.beforeIs(algorithmName(previous.settings.algorithm), previous.status)}
        </p>
      )}
    </section>
  );
}
