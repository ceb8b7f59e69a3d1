/** What a lesson's run showed, as numbers that its sentences and its chart are made of. */
import type { Scenario } from '../../lab/scenario.ts';
import { figuresOf } from '../../store/figures.ts';
import type { Picture, RoundPicture } from '../../trace/picture.ts';

export interface RunFacts {
  readonly status: Picture['status'];
  readonly pages: number;
  readonly thresholdPages: number;
  readonly totalMs: number;
  readonly downtimeMs: number;
  readonly outageMs: number;
  readonly rounds: readonly RoundPicture[];
  readonly pagesSent: number;
  readonly bytesSent: number;
  readonly faults: number;
  readonly translationBytes: number;
  /** The VM runs at the source, at the destination, or nowhere that lets it go on. */
  readonly runsAt: 'A' | 'B' | 'nowhere';
  readonly pagesLeft: number;
}

const ms = (ns: number | undefined): number => (ns ?? 0) / 1e6;

export function factsOf(picture: Picture, scenario: Scenario): RunFacts {
  const figures = figuresOf(picture);
  const [a, b] = picture.hosts;
  return {
    status: picture.status,
    pages: picture.pages.count,
    thresholdPages: scenario.migration.thresholdPages,
    totalMs: ms(figures.totalNs),
    downtimeMs: ms(figures.downtimeNs),
    outageMs: ms(figures.outageNs),
    rounds: picture.rounds.map((round) => ({ ...round })),
    pagesSent: figures.pagesSent,
    bytesSent: figures.bytesSent,
    faults: picture.pages.faults,
    translationBytes: picture.translation?.bytes ?? 0,
    runsAt: a.vm === 'running' ? 'A' : b.vm === 'running' ? 'B' : 'nowhere',
    pagesLeft: picture.pages.left,
  };
}

/** The round of this number, or what stands for one that never came. */
export const roundAt = (
  { rounds }: RunFacts,
  number: number,
): { pending: number; dirtied: number } =>
  rounds.find(({ round }) => round === number) ?? { pending: 0, dirtied: 0 };
