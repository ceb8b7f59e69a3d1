/** The six figures of a run, read from its picture, and a finished run as it is kept for comparison. */
import { between, type Instant } from '../base/units.ts';
import type { MigrationReport } from '../lab/report.ts';
import type { CurvePoint, Picture, Span } from '../trace/picture.ts';
import { silence } from '../trace/replay-network.ts';
import type { Settings } from './settings.ts';

export interface Figures {
  /** Rounds begun. */
  readonly rounds: number;
  /** Pages to send in the newest of them. */
  readonly lastPending: number;
  readonly pagesLeft: number;
  readonly pagesSent: number;
  readonly bytesSent: number;
  /** Times in nanoseconds; undefined before there is one. */
  readonly totalNs: number | undefined;
  readonly downtimeNs: number | undefined;
  readonly downtimeRuns: boolean;
  /** Wall time that the guest's clock has lost. */
  readonly clockLostNs: number | undefined;
  readonly outageNs: number | undefined;
  readonly outageRuns: boolean;
  /** Requests of the client that got no answer in time since the migration began. */
  readonly probesLost: number;
}

/** Answers are never quite regular; a shorter gap is no outage. */
export const JITTER_NS = 1_000_000;

const spanNs = (span: Span, now: Instant): number => between(span.from, span.to ?? now);

export function figuresOf(picture: Picture): Figures {
  const { pages, startedAt, endedAt, downtime, clockLostNs, outage, now, rounds } = picture;
  const quiet = startedAt === undefined ? undefined : silence(picture);
  const begun = startedAt !== undefined;
  return {
    rounds: rounds.length,
    lastPending: rounds.at(-1)?.pending ?? 0,
    pagesLeft: pages.left,
    pagesSent: pages.pagesSent,
    bytesSent: picture.bytesSent,
    totalNs: begun ? between(startedAt, endedAt ?? now) : undefined,
    downtimeNs: downtime ? spanNs(downtime, now) : undefined,
    clockLostNs,
    downtimeRuns: downtime !== undefined && downtime.to === undefined,
    outageNs:
      outageSince(picture, quiet?.beyondNs) ??
      (begun && outage && outage.outageNs > JITTER_NS ? outage.outageNs : undefined),
    outageRuns: quiet !== undefined,
    probesLost: lostSince(picture, startedAt),
  };
}

/** What was lost before, while the guest was still starting, is not the migration's doing. */
function lostSince({ probes }: Picture, start: Instant | undefined): number {
  if (start === undefined) return 0;
  return probes.filter(({ lost, sentAt }) => lost === true && sentAt >= start).length;
}

/** The silence that lasts, when it is already the longest. */
function outageSince({ outage }: Picture, quietNs: number | undefined): number | undefined {
  return quietNs !== undefined && quietNs > (outage?.outageNs ?? 0) ? quietNs : undefined;
}

export interface KeptRun {
  readonly settings: Settings;
  readonly figures: Figures;
  readonly status: MigrationReport['status'];
  /** Pages left over time since the migration began. */
  readonly curve: readonly { readonly sinceNs: number; readonly left: number }[];
  readonly pages: number;
}

export function keepRun(picture: Picture, settings: Settings): KeptRun | undefined {
  const { startedAt, curve, pages, status } = picture;
  if (startedAt === undefined) return undefined;
  return {
    settings,
    figures: figuresOf(picture),
    status,
    curve: thinned(curve).map(({ at, left }) => ({ sinceNs: between(startedAt, at), left })),
    pages: pages.count,
  };
}

const CURVE_MAX = 600;

/** At most CURVE_MAX points, the last one among them. */
export function thinned(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  const step = Math.ceil(curve.length / CURVE_MAX);
  return step <= 1 ? curve : curve.filter((_, i) => i % step === 0 || i === curve.length - 1);
}
