/** The six figures of the run, each beside the previous run's. */
import { figuresOf, type Figures as Values } from '../store/figures.ts';
import { bytes, count, time } from './strings/format.ts';
import type { TermId } from './strings/glossary.ts';
import { Term } from './term.tsx';
import { usePicture, useStore } from './use-store.ts';
import { algorithmName } from './strings/sentences.ts';

interface Tile {
  readonly name: string;
  readonly term?: TermId;
  readonly value: (figures: Values) => string;
  readonly detail: (figures: Values, pages: number) => string;
}

const span = (ns: number | undefined) => (ns === undefined ? '–' : time(ns));

const TILES: readonly Tile[] = [
  {
    name: 'Rounds',
    term: 'round',
    value: ({ rounds }) => count(rounds),
    detail: ({ rounds, lastPending }) =>
      rounds === 0 ? 'not begun' : `newest: ${count(lastPending)}`,
  },
  {
    name: 'Pages left',
    value: ({ pagesLeft }) => count(pagesLeft),
    detail: (_, pages) => `of ${count(pages)}`,
  },
  {
    name: 'Sent',
    value: ({ bytesSent }) => bytes(bytesSent),
    detail: ({ pagesSent }, pages) =>
      pages === 0 ? '' : `${(pagesSent / pages).toFixed(2)} × memory`,
  },
  {
    name: 'Total time',
    term: 'total-time',
    value: ({ totalNs }) => span(totalNs),
    detail: () => 'of virtual time',
  },
  {
    name: 'VM downtime',
    term: 'downtime',
    value: ({ downtimeNs }) => span(downtimeNs),
    detail: ({ downtimeNs, downtimeRuns, clockBehindNs }) => {
      if (downtimeNs === undefined) return 'none so far';
      if (downtimeRuns) return 'the VM is paused';
      return clockBehindNs === undefined ? 'nothing ran' : `clock lost ${time(clockBehindNs)}`;
    },
  },
  {
    name: 'Client outage',
    term: 'outage',
    value: ({ outageNs }) => span(outageNs),
    detail: ({ probesLost, outageRuns }) =>
      outageRuns
        ? 'waiting for an answer'
        : `${count(probesLost)} ${probesLost === 1 ? 'request' : 'requests'} lost`,
  },
];

export function Figures() {
  const picture = usePicture();
  const previous = useStore((state) => state.previous);
  const figures = figuresOf(picture);
  return (
    <section class="figures" aria-labelledby="figures-title">
      <h2 id="figures-title" class="sr">
        Figures
      </h2>
      <dl>
        {TILES.map(({ name, term, value, detail }) => (
          <div key={name} class="figure">
            <dt>{term ? <Term id={term}>{name}</Term> : name}</dt>
            <dd>
              <span class="value">{value(figures)}</span>
              {previous ? (
                <span class="before">
                  before: <b>{value(previous.figures)}</b>
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
          “Before” is the previous run: {algorithmName(previous.settings.algorithm)},{' '}
          {previous.status}.
        </p>
      )}
    </section>
  );
}
