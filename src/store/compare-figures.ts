/** What a comparison's table says of one lane, and how two lanes' figures differ. */
import type { MigrationReport } from '../lab/report.ts';
import type { Picture } from '../trace/picture.ts';
import type { Lane } from './compare.ts';
import { figuresOf } from './figures.ts';
import { type SettingName, type Settings, settingsOf } from './settings.ts';
import * as words from './strings.ts';

/** Undefined: there is no such figure (yet). Times in nanoseconds. */
export interface LaneFigures {
  readonly totalNs: number | undefined;
  readonly downtimeNs: number | undefined;
  readonly outageNs: number | undefined;
  readonly rounds: number;
  readonly pagesSent: number;
  readonly pagesResent: number;
  readonly faults: number;
  readonly bytesSent: number;
  readonly translationBytes: number | undefined;
  readonly translationNs: number | undefined;
  readonly slowdownPercent: number | undefined;
}
export type LaneFigure = keyof LaneFigures;

export function laneFigures({ picture, report }: Pick<Lane, 'picture' | 'report'>): LaneFigures {
  const { totalNs, downtimeNs, outageNs, rounds, pagesSent, bytesSent } = figuresOf(picture);
  return {
    totalNs,
    downtimeNs,
    outageNs,
    rounds,
    pagesSent,
    pagesResent: report?.pagesResent ?? resent(picture),
    faults: picture.pages.faults,
    bytesSent,
    ...translationOf(picture, report),
    slowdownPercent: report?.guestSlowdown.percent,
  };
}

/** Copies beyond each page's first. */
function resent({ pages }: Picture): number {
  let distinct = 0;
  for (const sends of pages.sends) if (sends > 0) distinct += 1;
  return pages.pagesSent - distinct;
}

function translationOf(
  { translation }: Picture,
  report: MigrationReport | undefined,
): Pick<LaneFigures, 'translationBytes' | 'translationNs'> {
  if (report && report.translation.bytes > 0) {
    const { bytes, costMs } = report.translation;
    return { translationBytes: bytes, translationNs: costMs * 1e6 };
  }
  return { translationBytes: translation?.bytes, translationNs: translation?.costNs };
}

/** `value` seen from `from`: “same”, “+12 %” or “51 × A”; empty when either is missing. */
export function difference(
  from: number | undefined,
  value: number | undefined,
  name: string,
): string {
  if (from === undefined || value === undefined) return '';
  if (from === value) return words.sameAs(name);
  if (from === 0 || value === 0) return '';
  const ratio = value / from;
  if (ratio >= 2 || ratio <= 0.5) return `${Number(ratio.toPrecision(2))} × ${name}`;
  const percent = (ratio - 1) * 100;
  const shown = Math.abs(percent) < 10 ? percent.toFixed(1) : percent.toFixed(0);
  return `${percent > 0 ? '+' : '−'}${shown.replace('-', '')} %`;
}

/** Index of the only lane with the least value, if there is one. */
export function leastOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length || known.length < 2) return undefined;
  const least = Math.min(...known);
  return known.filter((value) => value === least).length === 1 ? values.indexOf(least) : undefined;
}

/** In which settings the lanes differ; all others are alike. */
export function differingSettings(lanes: readonly Pick<Lane, 'scenario'>[]): SettingName[] {
  const all = lanes.map(({ scenario }) => settingsOf(scenario));
  const first: Settings | undefined = all[0];
  if (!first) return [];
  return (Object.keys(first) as SettingName[]).filter((name) =>
    all.some((settings) => settings[name] !== first[name]),
  );
}
